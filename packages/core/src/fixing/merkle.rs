//! The Merkle root over a publisher's quotes (clause 7.11).

use super::digest;

/// What a leaf's hash begins with.
const LEAF: u8 = 0x00;
/// What a node's hash begins with, so that no node can be passed off as a leaf.
const NODE: u8 = 0x01;

/// The root over `leaves` in their order: a leaf is SHA-256 of `0x00 | bytes`, a node SHA-256 of `0x01 | left | right`;
/// the odd one out at the end of a row moves up as it is. None of no leaves.
pub fn merkle_root<L: AsRef<[u8]>>(leaves: &[L]) -> Option<[u8; 32]> {
    let mut row: Vec<[u8; 32]> = leaves.iter().map(|leaf| digest(&[&[LEAF], leaf.as_ref()].concat())).collect();
    while row.len() > 1 {
        row = row.chunks(2).filter_map(parent).collect();
    }
    row.first().copied()
}

fn parent(pair: &[[u8; 32]]) -> Option<[u8; 32]> {
    match pair {
        [left, right] => Some(digest(&[&[NODE][..], left, right].concat())),
        [odd] => Some(*odd),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_odd_leaf_is_promoted_and_a_node_is_no_leaf() {
        let leaf = |text: &str| digest(&[b"\0", text.as_bytes()].concat());
        let node = |left: [u8; 32], right: [u8; 32]| digest(&[&[1][..], &left, &right].concat());
        assert_eq!(merkle_root::<&str>(&[]), None);
        assert_eq!(merkle_root(&["a"]), Some(leaf("a")));
        let ab = node(leaf("a"), leaf("b"));
        assert_eq!(merkle_root(&["a", "b"]), Some(ab));
        assert_eq!(merkle_root(&["a", "b", "c"]), Some(node(ab, leaf("c"))));
        let five = node(node(ab, node(leaf("c"), leaf("d"))), leaf("e"));
        assert_eq!(merkle_root(&["a", "b", "c", "d", "e"]), Some(five));
        // Doubling the last leaf instead would give both of these one root.
        assert_ne!(merkle_root(&["a", "b", "c"]), merkle_root(&["a", "b", "c", "c"]));
        assert_ne!(merkle_root(&[[leaf("a"), leaf("b")].concat()]), Some(ab));
    }
}
