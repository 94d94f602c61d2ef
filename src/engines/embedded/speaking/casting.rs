//! Which of flite's voices speaks for a name.

use crate::domain::voice::Voice;
use crate::engines::embedded::flite;
use crate::pipeline::error::EngineError;

/// The common voices and the nearest that flite has: bright and soft ones are slt's, middling
/// men rms's, deep ones awb's.
const NEAREST: [(&str, flite::Voice); 13] = [
    ("alloy", flite::Voice::Slt),
    ("ash", flite::Voice::Rms),
    ("ballad", flite::Voice::Slt),
    ("coral", flite::Voice::Slt),
    ("echo", flite::Voice::Rms),
    ("fable", flite::Voice::Slt),
    ("onyx", flite::Voice::Awb),
    ("nova", flite::Voice::Slt),
    ("sage", flite::Voice::Slt),
    ("shimmer", flite::Voice::Slt),
    ("verse", flite::Voice::Rms),
    ("marin", flite::Voice::Slt),
    ("cedar", flite::Voice::Awb),
];

/// flite's voice for a name of its own or a common one.
pub(super) fn cast(voice: &Voice) -> Result<flite::Voice, EngineError> {
    let own = flite::Voice::ALL.into_iter().find(|own| own.name() == voice.name());
    let common = NEAREST.iter().find(|(name, _)| *name == voice.name()).map(|(_, voice)| *voice);
    own.or(common).ok_or_else(|| {
        EngineError::Refused(format!(
            "flite has no voice called {voice}; it has slt, rms, awb and kal16, and answers to the common names such as alloy"
        ))
    })
}

#[cfg(test)]
mod tests {
    use crate::domain::voice::COMMON_VOICES;

    use super::*;

    #[test]
    fn every_common_voice_has_somebody_to_speak_for_it() {
        for name in COMMON_VOICES {
            assert!(cast(&Voice(name.to_owned())).is_ok(), "{name}");
        }
    }

    #[test]
    fn its_own_voices_go_by_their_own_names() {
        assert_eq!(cast(&Voice("kal16".to_owned())), Ok(flite::Voice::Kal16));
    }

    #[test]
    fn an_unknown_voice_is_refused_by_name() {
        let refusal = cast(&Voice("caruso".to_owned())).unwrap_err();

        assert!(refusal.to_string().contains("caruso"), "{refusal}");
    }
}
