//! Who is asking, and whether they may: nobody is let in who doesn't belong.

mod address;
mod admission;
mod caller;
mod confidence;
mod cookies;
mod entrance;
mod failures;
mod gate;
mod guest;
mod logins;
mod rates;
mod reader;

pub use crate::routes::guard::address::Proxies;
pub use crate::routes::guard::admission::{Admission, Permit};
pub use crate::routes::guard::caller::{Access, Caller};
pub use crate::routes::guard::confidence::Confidence;
pub use crate::routes::guard::cookies::{Bearer, Cookies};
pub use crate::routes::guard::entrance::Entrance;
pub use crate::routes::guard::gate::Gate;
pub use crate::routes::guard::guest::Guest;
pub use crate::routes::guard::logins::Logins;
pub use crate::routes::guard::rates::{Rates, Standing};
pub use crate::routes::guard::reader::{Reader, Reads};
