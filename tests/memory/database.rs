//! A fresh database for each test, and what only a test asks of it.

use chrono::{DateTime, Utc};
use repartee::domain::conversation::ConversationId;
use repartee::domain::owner::Owner;
use repartee::domain::turn::{TurnId, TurnStatus};
use repartee::store::{Store, TurnRecord};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, QueryResult, SqliteTransactionMode,
    Statement, TransactionOptions, TransactionTrait,
};
use tempfile::TempDir;
use uuid::Uuid;

/// A database of its own; a file is removed with it.
pub struct Database {
    pub url: String,
    pub folder: Option<TempDir>,
}

impl Database {
    /// A SQLite file that does not exist yet.
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("repartee.db").display());
        Self { url, folder: Some(folder) }
    }

    /// An empty database on the PostgreSQL server of the test run.
    pub async fn postgres() -> Self {
        let name = format!("test_{}", Uuid::new_v4().simple());
        let admin = connect(&postgres("postgres")).await;
        admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
        admin.close().await.unwrap();
        Self { url: postgres(&name), folder: None }
    }

    /// The store on this database.
    pub async fn open(&self) -> Store {
        Store::open(&self.url).await.unwrap()
    }

    /// A connection past the store.
    pub async fn connect(&self) -> DatabaseConnection {
        connect(&self.url).await
    }

    /// Keeps everybody else from writing, not from reading, until it is given back.
    pub async fn hold(&self) -> DatabaseTransaction {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let held = self.connect().await.begin_with_options(options).await.unwrap();
        if self.folder.is_none() {
            let tables = "LOCK TABLE conversations, turns, spending IN EXCLUSIVE MODE";
            held.execute_unprepared(tables).await.unwrap();
        }
        held
    }

    /// A number that a query returns.
    pub async fn number(&self, sql: &str) -> i64 {
        let connection = self.connect().await;
        let number = rows(&connection, sql).await[0].try_get_by_index(0).unwrap();
        connection.close().await.unwrap();
        number
    }

    /// Runs a statement past the store.
    pub async fn execute(&self, sql: &str) {
        let connection = self.connect().await;
        connection.execute_unprepared(sql).await.unwrap();
        connection.close().await.unwrap();
    }

    /// The name of the database on the server.
    pub fn name(&self) -> &str {
        self.url.rsplit('/').find_map(|part| part.strip_suffix("?host=")).unwrap()
    }
}

/// A connection to the server's own database, from which others can be administered.
pub async fn administer(sql: &str) {
    let admin = connect(&postgres("postgres")).await;
    admin.execute_unprepared(sql).await.unwrap();
    admin.close().await.unwrap();
}

async fn connect(url: &str) -> DatabaseConnection {
    let mut options = sea_orm::ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    options.map_sqlx_sqlite_opts(|options| options.create_if_missing(true));
    sea_orm::Database::connect(options).await.unwrap()
}

fn postgres(database: &str) -> String {
    let server = std::env::var("REPARTEE_TEST_POSTGRES").unwrap_or_else(|_| {
        panic!("REPARTEE_TEST_POSTGRES is not set; run `scripts/with-postgres.sh cargo test`")
    });
    server.replace("DATABASE", database)
}

/// All rows that a query returns.
pub async fn rows(connection: &DatabaseConnection, sql: &str) -> Vec<QueryResult> {
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    connection.query_all_raw(statement).await.unwrap()
}

/// A turn that begins a conversation.
pub fn first_turn(heard: &str, reply: &str) -> TurnRecord {
    TurnRecord { begins: true, ..next_turn(ConversationId::new(), heard, reply) }
}

/// A turn that continues a conversation.
pub fn next_turn(conversation: ConversationId, heard: &str, reply: &str) -> TurnRecord {
    TurnRecord {
        status: TurnStatus::Finished,
        heard: Some(heard.to_owned()),
        reply: Some(reply.to_owned()),
        spoken: Some(reply.to_owned()),
        language: Some("en".parse().unwrap()),
        began_at: moment(0),
        ended_at: moment(1),
        ..TurnRecord::new(TurnId::new(), conversation, Owner::local())
    }
}

/// So many seconds after some moment of the past.
pub fn moment(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000 + seconds, 0).unwrap()
}

/// Makes each of these functions a test on SQLite and another on PostgreSQL.
#[macro_export]
macro_rules! on_both_databases {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $name() {
                super::$name($crate::database::Database::sqlite().await).await;
            })+
        }
        mod postgres {
            $(#[tokio::test]
            async fn $name() {
                super::$name($crate::database::Database::postgres().await).await;
            })+
        }
    };
}
