//! The table of spending: what each payer has spent on each day.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use sea_orm::ConnectionTrait;
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, OnConflict};

use crate::domain::money::Usd;
use crate::store::error::StoreError;
use crate::store::record::clean;

/// The most that can be charged at once, so that no sum overflows: a million dollars.
const LARGEST: i64 = 1_000_000_000_000;

/// How the names of those begin who pay by their address.
const ADDRESS: &str = "address:";
/// What they are called together.
const VISITORS: &str = "visitors";

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "spending")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    day: String,
    #[sea_orm(primary_key, auto_increment = false)]
    payer: String,
    micro_usd: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Money that was spent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// The day whose budget it belongs to.
    pub day: NaiveDate,
    /// Whose budget it belongs to.
    pub payer: String,
    /// How much.
    pub amount: Usd,
}

/// Charges, added up.
#[derive(Debug, Default)]
pub(crate) struct Bill(BTreeMap<(String, String), i64>);

impl Bill {
    pub(crate) fn add(&mut self, charge: &Charge) {
        let amount = charge.amount.0.clamp(0, LARGEST);
        if amount > 0 {
            *self.0.entry((name(charge.day), clean(&charge.payer))).or_default() += amount;
        }
    }

    /// Writes it down, in the order of days and payers.
    pub(crate) async fn write(self, transaction: &impl ConnectionTrait) -> Result<(), StoreError> {
        if self.0.is_empty() {
            return Ok(());
        }
        let rows = self.0.into_iter().map(|((day, payer), amount)| ActiveModel {
            day: Set(day),
            payer: Set(payer),
            micro_usd: Set(amount),
        });
        let there = Expr::col((Entity, Column::MicroUsd));
        let new = Expr::col((Alias::new("excluded"), Column::MicroUsd));
        let add = OnConflict::columns([Column::Day, Column::Payer])
            .value(Column::MicroUsd, there.add(new))
            .to_owned();
        Entity::insert_many(rows).on_conflict(add).exec_without_returning(transaction).await?;
        Ok(())
    }
}

/// What each payer has spent on a day.
pub(crate) async fn of(
    connection: &impl ConnectionTrait,
    day: NaiveDate,
) -> Result<Vec<(String, Usd)>, StoreError> {
    let rows = Entity::find().filter(Column::Day.eq(name(day))).all(connection).await?;
    Ok(rows.into_iter().map(|row| (row.payer, Usd(row.micro_usd))).collect())
}

/// Puts one row in place of all that visitors' addresses paid on each day before this one, and
/// removes the days before `forgotten`.
pub(crate) async fn close(
    transaction: &impl ConnectionTrait,
    before: NaiveDate,
    forgotten: NaiveDate,
) -> Result<(), StoreError> {
    let old = Column::Day.lt(name(forgotten));
    Entity::delete_many().filter(old).exec(transaction).await?;
    let by_address = Column::Day.lt(name(before)).and(Column::Payer.starts_with(ADDRESS));
    let rows = Entity::delete_many().filter(by_address).exec_with_returning(transaction).await?;
    let mut bill = Bill::default();
    for row in rows {
        *bill.0.entry((row.day, VISITORS.to_owned())).or_default() += row.micro_usd;
    }
    bill.write(transaction).await
}

fn name(day: NaiveDate) -> String {
    day.format("%Y-%m-%d").to_string()
}
