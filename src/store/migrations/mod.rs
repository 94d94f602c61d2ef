//! The schema's history. A shipped migration is never edited; a change is a new file.

mod m0001_conversations;
mod m0002_doors;
mod m0003_private;

use sea_orm_migration::prelude::*;

/// Knows every migration, oldest first.
pub(crate) struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_conversations::Migration),
            Box::new(m0002_doors::Migration),
            Box::new(m0003_private::Migration),
        ]
    }
}
