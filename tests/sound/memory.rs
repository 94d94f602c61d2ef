//! Counts the memory that a thread takes, and gives it no more than any clip may need.
#![expect(unsafe_code, reason = "an allocator is asked in pointers")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::ptr;

/// A thread that wants more is refused, which ends the tests: nothing here may fill a machine.
const MOST_BYTES: usize = 1 << 30;

/// Hands on to the system, and counts.
pub struct Counted;

#[global_allocator]
static COUNTED: Counted = Counted;

thread_local! {
    static HELD: Cell<usize> = const { Cell::new(0) };
    static PEAK: Cell<usize> = const { Cell::new(0) };
}

/// Whether the thread may have so many bytes more; if so, they count. What another thread gives
/// back for it is never missed: a count that would fall below nothing stays there.
fn may_have(bytes: usize) -> bool {
    let held = HELD.get() + bytes;
    if held > MOST_BYTES {
        return false;
    }
    HELD.set(held);
    PEAK.set(PEAK.get().max(held));
    true
}

fn gives_back(bytes: usize) {
    HELD.set(HELD.get().saturating_sub(bytes));
}

// SAFETY: everything is handed on to the system's allocator as it came, or refused with the null
// pointer that stands for no memory.
unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promises are the system's conditions.
        if may_have(layout.size()) { unsafe { System.alloc(layout) } } else { ptr::null_mut() }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if !may_have(layout.size()) {
            return ptr::null_mut();
        }
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, old: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if !may_have(size) {
            return ptr::null_mut();
        }
        gives_back(layout.size());
        // SAFETY: as above.
        unsafe { System.realloc(old, layout, size) }
    }

    unsafe fn dealloc(&self, old: *mut u8, layout: Layout) {
        gives_back(layout.size());
        // SAFETY: as above.
        unsafe { System.dealloc(old, layout) }
    }
}

/// What comes of some work, and how many bytes it held at most beyond those held before.
pub fn with_peak<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let before = HELD.get();
    PEAK.set(before);
    let outcome = work();
    (outcome, PEAK.get() - before)
}

#[test]
fn memory_that_is_held_for_a_moment_is_counted() {
    let (kept, peak) = with_peak(|| {
        drop(vec![1_u8; 3 << 20]);
        vec![1_u8; 1 << 20]
    });

    assert!((3 << 20..4 << 20).contains(&peak), "{peak}");
    drop(kept);
    assert!(with_peak(|| ()).1 < 1_000);
}
