//! Everything that happens in the files of a repository, wherever it stands in them.

use crate::block::Item;
use crate::judgement::Judgement;
use crate::unit::Unit;

/// Items that stand beside each other, with what is around them.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    /// The file.
    pub(super) unit: &'a Unit,
    /// The items, in order.
    pub(super) items: &'a [Item],
    /// Whether they are one of several ways: done only under a condition.
    pub(super) conditional: bool,
}

/// Shows all rows of all files.
pub(super) fn each_row<'a>(judgement: &Judgement<'a>, look: &mut dyn FnMut(Row<'a>)) {
    for unit in &judgement.repository.units {
        for block in &unit.blocks {
            descend(
                Row {
                    unit,
                    items: &block.items,
                    conditional: false,
                },
                look,
            );
        }
    }
}

/// Shows a row and those inside; front ends bound how deep that goes.
fn descend<'a>(row: Row<'a>, look: &mut dyn FnMut(Row<'a>)) {
    look(row);
    for item in row.items {
        match item {
            Item::Block(block) | Item::Enclosed { block, .. } => descend(
                Row {
                    items: &block.items,
                    ..row
                },
                look,
            ),
            Item::Branches(ways) => {
                for way in ways {
                    let conditional = true;
                    descend(
                        Row {
                            items: way,
                            conditional,
                            ..row
                        },
                        look,
                    );
                }
            }
            _ => {}
        }
    }
}
