//! Settings: every mistake at once, every name explained, no secret shown.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::os::unix::ffi::OsStringExt;

use repartee::domain::money::{Price, Usd};
use repartee::settings::{Access, EngineChoice, Limit, Settings, SettingsError};
use secrecy::ExposeSecret;

use crate::program::Program;

fn read(settings: &[(&str, &str)]) -> Result<Settings, SettingsError> {
    let settings: HashMap<_, _> = settings.iter().copied().collect();
    Settings::read(&|name| settings.get(name).map(|text| (*text).to_owned()))
}

#[test]
fn with_nothing_set_everything_has_a_default() {
    let settings = read(&[]).unwrap();

    assert_eq!(settings.server.bind.to_string(), "127.0.0.1:8000");
    assert_eq!(settings.memory.database.expose(), "sqlite:./data/repartee.db");
    assert_eq!(settings.voice.persona.name, "Robin");
}

#[test]
fn a_misspelt_level_is_no_log_filter() {
    for wrong in ["loud", "warning", "info,loud", "repartee", ""] {
        let told = read(&[("LOG", wrong)]).err().map(|error| error.to_string());
        assert_eq!(told.is_some(), !wrong.is_empty(), "{wrong}: {told:?}");
        assert!(told.is_none_or(|told| told.contains("use a level")), "{wrong}");
    }
    for right in ["warn", "INFO", "off", "info,repartee::store=debug", "warn,sqlx=off"] {
        assert!(read(&[("LOG", right)]).is_ok(), "{right}");
    }
}

#[test]
fn all_mistakes_are_reported_at_once_each_with_its_name() {
    let wrong = [
        ("ACCESS", "nobody"),
        ("ADMIN_TOKEN", "short"),
        ("BIND", "everywhere"),
        ("CONVERSATIONS_DAYS", "0"),
        ("CORS_ORIGINS", "shop.example"),
        ("DAILY_BUDGET_USD", "a lot"),
        ("DATABASE_URL", "mysql://localhost/x"),
        ("HEARING_ENGINE", "ears"),
        ("HEARING_THREADS", "0"),
        ("KEEP_RECORDINGS", "some"),
        ("LANGUAGE", "klingonese!"),
        ("LOG", "info,repartee=loudly"),
        ("LOG_FORMAT", "xml"),
        ("MAX_AUDIO_MB", "-1"),
        ("MAX_TURNS_IN_FLIGHT", "0"),
        ("OWNER_BUDGET_USD", "-1"),
        ("PUBLIC_URL", "talk.example"),
        ("RECORDINGS_DAYS", "soon"),
        ("RECORDINGS_URL", "ftp://somewhere"),
        ("SECRET_KEY", "changeme-changeme-changeme"),
        ("OPENAI_API_KEY", "sk-one two"),
        ("OPENAI_BASE_URL", "ftp://example.com"),
        ("PERSONA", "/nowhere/persona.toml"),
        ("PRICES", "/nowhere/prices.toml"),
        ("SPEAKING_BASE_URL", "https://example.com/v1?key=secret"),
        ("SPEAKING_ENGINE", "openai"),
        ("THINKING_BASE_URL", "https://ann:secret@example.com/v1"),
        ("THINKING_MAX_TOKENS", "0"),
        ("THINKING_PRICE", "cheap"),
        ("THINKING_TEMPERATURE", "hot"),
        ("TIMEZONE", "Mars/Olympus"),
        ("TLS_CERT", "cert.pem"),
        ("TRUSTED_PROXIES", "everyone"),
        ("TURNS_PER_MINUTE", "many"),
        ("TURN_TIMEOUT", "soon"),
    ];

    let error = read(&wrong).unwrap_err();

    for (name, _) in wrong {
        // A certificate without its key: it is the key that is missing.
        let name = if name == "TLS_CERT" { "TLS_KEY" } else { name };
        let told = error
            .mistakes
            .iter()
            .filter(|mistake| mistake.starts_with(&format!("{name}:")))
            .count();
        assert_eq!(told, 1, "{name}: {error}");
    }
    assert!(!error.to_string().contains("secret") && !error.to_string().contains("sk-one"));
}

/// Who works in each stage.
fn chosen(settings: &[(&str, &str)]) -> [EngineChoice; 3] {
    let engines = read(settings).unwrap().engines;
    [engines.hearing, engines.thinking, engines.speaking].map(|stage| stage.engine())
}

#[test]
fn a_key_chooses_openai_and_no_key_the_embedded_engines() {
    use EngineChoice::{Embedded, OpenAi};

    assert_eq!(chosen(&[]), [Embedded; 3]);
    assert_eq!(chosen(&[("OPENAI_API_KEY", "sk-x")]), [OpenAi; 3]);
    assert_eq!(chosen(&[("THINKING_API_KEY", "sk-x")]), [Embedded, OpenAi, Embedded]);
    let both = [("OPENAI_API_KEY", "sk-x"), ("HEARING_ENGINE", "embedded")];
    assert_eq!(chosen(&both), [Embedded, OpenAi, OpenAi]);
    let local = [("THINKING_ENGINE", "openai"), ("THINKING_BASE_URL", "http://localhost:1/v1")];
    assert_eq!(chosen(&local), [Embedded, OpenAi, Embedded]);
}

#[test]
fn an_address_alone_is_a_server_for_all_stages_unless_it_is_openais() {
    let [server, openai] = ["http://localhost:11434/v1", "https://api.openai.com/v1"]
        .map(|url| chosen(&[("OPENAI_BASE_URL", url)]));

    assert_eq!(server, [EngineChoice::OpenAi; 3]);
    assert_eq!(openai, [EngineChoice::Embedded; 3], "there is no key for it");
}

#[test]
fn an_address_is_ones_own_where_the_world_cannot_have_it() {
    let is_own = |host: &str| {
        let url = format!("http://{host}/v1");
        read(&[("THINKING_BASE_URL", &url)]).unwrap().engines.thinking.endpoint.is_own
    };

    for own in [
        "localhost:11434",
        "127.0.0.1",
        "[::1]:8080",
        "10.1.2.3",
        "192.168.0.9:1234",
        "172.16.0.1",
        "169.254.7.7",
        "[fd00::1]",
        "[fe80::1]",
        "[::ffff:192.168.0.9]",
        "ollama:11434",
        "gpu.local",
        "gpu.lab.internal",
    ] {
        assert!(is_own(own), "{own}");
    }
    for strange in [
        "api.groq.com",
        "172.32.0.1",
        "192.0.2.1",
        "[2001:db8::1]",
        "local.example",
        "gpu-internal.example.com",
        "api.openai.com",
    ] {
        assert!(!is_own(strange), "{strange}");
    }
}

#[test]
fn the_price_of_a_stage_is_written_as_it_is_asked_for() {
    let settings = read(&[
        ("HEARING_PRICE", "0.002/min"),
        ("THINKING_PRICE", "0.05 / 0.08"),
        ("SPEAKING_PRICE", "15/Mchar"),
    ]);
    let engines = settings.unwrap().engines;

    assert_eq!(engines.hearing.price, Some(Price::PerMinute(Usd(2_000))));
    let tokens = Price::PerMillionTokens { input: Usd(50_000), output: Usd(80_000) };
    assert_eq!(engines.thinking.price, Some(tokens));
    assert_eq!(engines.speaking.price, Some(Price::PerMillionCharacters(Usd(15_000_000))));
    let heard = read(&[("HEARING_PRICE", "0.05/0.08")]).unwrap().engines.hearing.price;
    assert_eq!(heard, Some(tokens));
    let free = read(&[("THINKING_PRICE", "free")]).unwrap().engines.thinking.price;
    assert_eq!(free, Some(Price::Free));
}

#[test]
fn a_price_that_is_none_is_told_with_the_form_that_it_should_have() {
    for (name, wrong, form) in [
        ("HEARING_PRICE", "15/Mchar", "0.002/min"),
        ("HEARING_PRICE", "cheap", "free"),
        ("THINKING_PRICE", "0.05", "0.05/0.08"),
        ("THINKING_PRICE", "15/Mchar", "0.05/0.08"),
        ("THINKING_PRICE", "-1/2", "0.05/0.08"),
        ("SPEAKING_PRICE", "15/Mword", "15/Mchar"),
    ] {
        let error = read(&[(name, wrong)]).unwrap_err().to_string();
        assert!(error.contains(name) && error.contains(wrong) && error.contains(form), "{error}");
    }
}

#[test]
fn openai_without_a_key_is_told_what_to_set() {
    let error = read(&[("HEARING_ENGINE", "openai")]).unwrap_err().to_string();

    for name in ["HEARING_ENGINE:", "OPENAI_API_KEY", "HEARING_API_KEY", "HEARING_BASE_URL"] {
        assert!(error.contains(name), "{error}");
    }
}

#[test]
fn a_stage_has_a_server_a_key_and_a_model_of_its_own() {
    let settings = read(&[
        ("OPENAI_API_KEY", "sk-common"),
        ("OPENAI_ORG_ID", "org-1"),
        ("THINKING_BASE_URL", "http://localhost:11434/v1//"),
        ("SPEAKING_BASE_URL", "https://speech.example.com/v1"),
        ("SPEAKING_API_KEY", "sk-own"),
        ("SPEAKING_MODEL", "kokoro"),
    ]);
    let engines = settings.unwrap().engines;

    let hearing = &engines.hearing.endpoint;
    assert_eq!(hearing.url("models"), "https://api.openai.com/v1/models");
    assert_eq!((hearing.model(), hearing.is_openai), ("gpt-transcribe", true));
    assert_eq!(hearing.account.organization.as_deref(), Some("org-1"));
    let thinking = &engines.thinking.endpoint;
    assert_eq!(thinking.url("chat/completions"), "http://localhost:11434/v1/chat/completions");
    assert_eq!((thinking.model.as_deref(), thinking.is_openai), (None, false));
    let speaking = &engines.speaking.endpoint;
    assert_eq!((speaking.model(), speaking.is_openai), ("kokoro", false));
    assert_eq!(speaking.key.as_ref().unwrap().expose_secret(), "sk-own");
    assert_eq!(speaking.account.organization, None);
}

#[test]
fn the_common_key_is_not_shown_to_strangers() {
    let key = |url: &str| {
        let settings = [("OPENAI_API_KEY", "sk-common"), ("HEARING_BASE_URL", url)];
        let endpoint = read(&settings).unwrap().engines.hearing.endpoint;
        (endpoint.key.is_some(), endpoint.key_variable)
    };

    for trusted in ["https://eu.api.openai.com/v1", "http://localhost:1/v1", "http://[::1]:1/v1"] {
        assert_eq!(key(trusted), (true, "OPENAI_API_KEY"), "{trusted}");
    }
    for stranger in ["https://example.com/v1", "http://api.openai.com/v1", "http://10.0.0.1/v1"] {
        assert_eq!(key(stranger), (false, "HEARING_API_KEY"), "{stranger}");
    }
}

#[test]
fn a_key_never_shows() {
    let settings = [("OPENAI_API_KEY", "sk-hush"), ("SPEAKING_API_KEY", "sk-hush-too")];

    assert!(!format!("{:?}", read(&settings).unwrap()).contains("sk-hush"));
}

#[test]
fn a_file_of_prices_adds_to_those_built_in() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&file, "[models.kokoro]\nfree = true\n").unwrap();
    let path = file.path().to_string_lossy().into_owned();

    let prices = read(&[("PRICES", &path)]).unwrap().engines.prices;

    assert_eq!(prices.of("kokoro", false), Price::Free);
    assert!(matches!(prices.of("gpt-transcribe", true), Price::PerMinute(_)));
}

#[test]
fn an_address_that_others_can_reach_needs_secrets_a_name_and_https() {
    let error = read(&[("BIND", "0.0.0.0:8000")]).unwrap_err();

    for name in ["SECRET_KEY", "ADMIN_TOKEN", "PUBLIC_URL", "TLS_CERT"] {
        let told = error.mistakes.iter().any(|mistake| mistake.starts_with(name));
        assert!(told, "{name}: {error}");
    }
}

#[test]
fn with_those_set_it_listens_to_others_and_asks_for_a_key() {
    let settings = read(&[
        ("BIND", "0.0.0.0:8000"),
        ("SECRET_KEY", "0123456789abcdef0123456789abcdef"),
        ("ADMIN_TOKEN", "fedcba9876543210fedcba9876543210"),
        ("PUBLIC_URL", "https://talk.shop"),
        ("TRUSTED_PROXIES", "10.0.0.0/8, 192.0.2.1"),
    ]);

    let server = settings.unwrap().server;
    assert_eq!(server.access, Access::Keys);
    assert_eq!(server.trusted_proxies.len(), 2);
    assert!(!format!("{server:?}").contains("0123456789abcdef"));
}

#[test]
fn a_proxy_on_this_computer_lets_other_machines_in() {
    for setting in [("TRUSTED_PROXIES", "127.0.0.1"), ("PUBLIC_URL", "https://talk.shop")] {
        let error = read(&[setting]).unwrap_err().to_string();
        assert!(error.contains("SECRET_KEY") && error.contains("ADMIN_TOKEN"), "{error}");
    }
    let here = read(&[("PUBLIC_URL", "http://localhost:8000")]).unwrap();
    assert_eq!(here.server.access, Access::Open);
}

#[test]
fn unlimited_is_a_word_one_has_to_write() {
    let settings = read(&[("DAILY_BUDGET_USD", "unlimited"), ("OWNER_BUDGET_USD", "0.25")]);
    let limits = settings.unwrap().limits;

    assert_eq!(limits.daily_budget, Limit::Unlimited);
    assert_eq!(limits.owner_budget.to_string(), "$0.25");
    assert_eq!(limits.turns_per_minute, None);
}

#[test]
fn one_setting_is_enough_to_have_no_budget() {
    let has_budget = |settings: &[(&str, &str)]| read(settings).unwrap().limits.has_budget();

    assert!(has_budget(&[]));
    assert!(!has_budget(&[("DAILY_BUDGET_USD", "unlimited")]));
    assert!(has_budget(&[("DAILY_BUDGET_USD", "unlimited"), ("OWNER_BUDGET_USD", "1")]));
    assert!(has_budget(&[("OWNER_BUDGET_USD", "unlimited")]));
}

#[test]
fn a_database_may_be_named_in_parts() {
    let parts = [("DB_NAME", "talk"), ("DB_USER", "ann"), ("DB_PASSWORD", "p@ss/word")];

    let settings = read(&parts).unwrap();

    let url = settings.memory.database.expose();
    assert_eq!(url, "postgres://ann:p%40ss%2Fword@localhost:5432/talk");
}

#[test]
fn a_part_that_makes_no_database_is_a_mistake() {
    let error = read(&[("DB_NAME", "talk"), ("DB_PORT", "five")]).unwrap_err();

    assert!(error.mistakes[0].starts_with("DB_PORT"), "{error}");
}

#[test]
fn a_password_never_shows() {
    let settings = read(&[("DATABASE_URL", "postgres://ann:hush@localhost/talk")]).unwrap();

    assert!(!format!("{settings:?}").contains("hush"));
}

#[test]
fn every_setting_is_explained_in_the_example_and_nothing_else_is() {
    let asked = RefCell::new(BTreeSet::new());
    let lookup = |name: &str| {
        asked.borrow_mut().insert(name.to_owned());
        None
    };
    Settings::read(&lookup).unwrap();

    let example = std::fs::read_to_string(".env.example").unwrap();
    let explained: BTreeSet<_> = example
        .lines()
        .filter_map(|line| line.strip_prefix("# "))
        .filter_map(|line| line.split_once('='))
        .map(|(name, _)| name.to_owned())
        .filter(|name| name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_'))
        .collect();

    assert_eq!(explained, asked.into_inner());
}

#[test]
fn the_defaults_in_the_example_are_the_defaults() {
    let example = std::fs::read_to_string(".env.example").unwrap();
    let written: HashMap<_, _> = example
        .lines()
        .filter_map(|line| line.strip_prefix("# ")?.split_once('='))
        .filter(|(name, _)| name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_'))
        .collect();

    let as_written = Settings::read(&|name| written.get(name).map(|text| (*text).to_owned()));
    let as_default = Settings::read(&|_| None);

    assert_eq!(format!("{:?}", as_written.unwrap()), format!("{:?}", as_default.unwrap()));
}

#[test]
fn wrong_settings_end_the_program_with_exit_code_2() {
    let run = Program::new().set("TURN_TIMEOUT", "soon").set("LOG_FORMAT", "xml").run(&["serve"]);

    assert_eq!(run.code, 2);
    assert!(run.err.contains("TURN_TIMEOUT") && run.err.contains("LOG_FORMAT"), "{}", run.err);
}

#[test]
fn what_is_set_in_the_environment_wins_over_the_file() {
    let program = Program::new().set("DATA_DIR", "from-environment");
    program.write(".env", "DATA_DIR=from-file\n");

    program.succeed(&["migrate"]);

    assert!(program.path("from-environment/repartee.db").exists());
    assert!(!program.path("from-file").exists());
}

#[test]
fn a_broken_env_file_is_named() {
    let program = Program::new();
    program.write(".env", "this is no setting\n");

    let run = program.run(&["migrate"]);

    assert_eq!(run.code, 2);
    assert!(run.err.contains(".env"), "{}", run.err);
}

#[test]
fn a_broken_line_is_told_by_its_place_and_never_by_its_secret() {
    let program = Program::new();
    program.write(".env", "# comment\nDB_USER=ann\nDB_PASSWORD=hush hush\n");

    let run = program.run(&["migrate"]);

    assert_eq!(run.code, 2);
    assert!(run.err.contains("after DB_USER") && !run.err.contains("hush"), "{}", run.err);
}

#[test]
fn a_file_in_a_folder_above_is_somebody_elses() {
    let program = Program::new();
    std::fs::create_dir(program.path("below")).unwrap();
    program.write(".env", "DATA_DIR=from-above\n");

    let ended = program.command(&["migrate"]).current_dir(program.path("below")).output().unwrap();

    assert!(ended.status.success());
    assert!(program.path("below/data/repartee.db").exists());
}

#[test]
fn the_desktops_own_language_list_is_not_meant_for_us() {
    let desktop = Program::new().set("LANGUAGE", "en_GB:en");
    let ours = Program::new().set("LANGUAGE", "klingonese!");

    desktop.succeed(&["migrate"]);
    assert_eq!(ours.run(&["migrate"]).code, 2);
}

#[test]
fn a_database_url_that_cannot_be_used_is_the_settings_fault() {
    let run = Program::new().set("DATABASE_URL", "sqlite::memory:").run(&["migrate"]);

    assert_eq!(run.code, 2, "{}", run.err);
    assert_eq!(run.err.matches("DATABASE_URL").count().max(1), 1, "{}", run.err);
}

#[cfg(feature = "embedded")]
#[test]
fn a_voice_that_nobody_has_is_the_settings_fault() {
    let program = Program::new().set("VOICE", "nobody");
    let run = program.run(&["ask", "--text", "Hello there."]);

    assert_eq!(run.code, 2, "{}", run.err);
    assert!(run.err.contains("nobody") && run.err.contains("into VOICE"), "{}", run.err);
    assert!(!program.path("data").exists(), "something was written before it was refused");

    let program = Program::new().set("PERSONA", "own.toml");
    program.write("own.toml", "name = \"Ann\"\nvoice = \"nobody\"\n");
    let run = program.run(&["ask", "--text", "Hello there."]);
    assert!(run.err.contains("persona's file"), "{}", run.err);
}

#[test]
fn a_data_folder_may_have_any_name() {
    for name in ["a%20b", "what?", "caf\u{e9} #1"] {
        let program = Program::new().set("DATA_DIR", name);

        program.succeed(&["migrate"]);

        assert!(program.path(name).join("repartee.db").exists(), "{name}");
    }
}

#[test]
fn a_setting_that_is_not_utf_8_is_a_mistake_and_not_ignored() {
    let odd = std::ffi::OsString::from_vec(b"caf\xe9".to_vec());

    let run = Program::new().command(&["migrate"]).env("DATA_DIR", odd).output().unwrap();

    assert_eq!(run.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&run.stderr).contains("DATA_DIR"));
}

#[test]
fn a_database_host_may_be_a_sockets_folder_and_not_a_puzzle() {
    let socket = read(&[("DB_NAME", "x"), ("DB_HOST", "/var/run/postgresql")]).unwrap();
    assert!(socket.memory.database.expose().contains("@%2Fvar%2Frun%2Fpostgresql:"));

    let error = read(&[("DB_NAME", "x"), ("DB_HOST", "::1")]).unwrap_err();
    assert!(error.mistakes[0].starts_with("DB_HOST:"), "{error}");
}

#[test]
fn it_is_known_whether_the_database_is_elsewhere() {
    for (url, elsewhere) in [
        ("sqlite:./data/repartee.db", false),
        ("postgres://ann@localhost/x", false),
        ("postgres://ann@127.0.0.1:5432/x", false),
        ("postgres://ann@[::1]/x", false),
        ("postgres:///x?host=/var/run/postgresql", false),
        ("postgres://ann@%2Fvar%2Frun%2Fpostgresql/x", false),
        ("postgres://ann:secret@db.example.com/x", true),
        ("postgres://ann@10.0.0.7:5432/x", true),
        ("postgres:///x?host=db.example.com", true),
    ] {
        let settings = read(&[("DATABASE_URL", url)]).unwrap();
        assert_eq!(settings.memory.database.is_elsewhere(), elsewhere, "{url}");
    }
}

#[test]
fn the_clock_is_where_tz_says_unless_timezone_says_otherwise() {
    let zone = |settings: &[(&str, &str)]| read(settings).unwrap().voice.timezone.name();

    assert_eq!(zone(&[("TZ", "Asia/Tokyo")]), "Asia/Tokyo");
    assert_eq!(zone(&[("TZ", ":Asia/Tokyo")]), "Asia/Tokyo");
    assert_eq!(zone(&[("TZ", "Asia/Tokyo"), ("TIMEZONE", "Europe/Paris")]), "Europe/Paris");
    assert_eq!(zone(&[("TZ", "CET-1CEST")]), zone(&[]));
}

#[test]
fn whoever_names_a_server_for_a_stage_wants_it() {
    let settings = read(&[("THINKING_BASE_URL", "http://localhost:11434/v1")]).unwrap();

    assert_eq!(settings.engines.thinking.engine(), EngineChoice::OpenAi);
    assert_eq!(settings.engines.hearing.engine(), EngineChoice::Embedded);
}
