//! The Merkle root over a publisher's quotes (clause 7.11).

use super::digest;

/// What a leaf's hash begins with.
const LEAF: u8 = 0x00;
/// What a node's hash begins with, so that no node can be passed off as a leaf.
const NODE: u8 = 0x01;

/// The hash of a leaf: SHA-256 of `0x00 | bytes`.
pub fn leaf_hash(leaf: &[u8]) -> [u8; 32] {
    digest(&[&[LEAF], leaf].concat())
}

/// The root over `leaves` in their order: a leaf is SHA-256 of `0x00 | bytes`, a node SHA-256 of `0x01 | left | right`;
/// the odd one out at the end of a row moves up as it is. None of no leaves.
pub fn merkle_root<L: AsRef<[u8]>>(leaves: &[L]) -> Option<[u8; 32]> {
    let mut row = hashes(leaves);
    while row.len() > 1 {
        row = row_above(&row);
    }
    row.first().copied()
}

fn hashes<L: AsRef<[u8]>>(leaves: &[L]) -> Vec<[u8; 32]> {
    leaves.iter().map(|leaf| leaf_hash(leaf.as_ref())).collect()
}

fn row_above(row: &[[u8; 32]]) -> Vec<[u8; 32]> {
    row.chunks(2).filter_map(parent).collect()
}

fn parent(pair: &[[u8; 32]]) -> Option<[u8; 32]> {
    match pair {
        [left, right] => Some(node_hash(left, right)),
        [odd] => Some(*odd),
        _ => None,
    }
}

fn node_hash(left: &[u8; 32], right: &[u8; 32]) -> [u8; 32] {
    digest(&[&[NODE][..], left, right].concat())
}

/// On which side of a path to the root a hash stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Before it.
    Left,
    /// After it.
    Right,
}

/// What shows that a leaf is under a root: the hashes beside its path, from the leaf up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MerkleProof(pub Vec<(Side, [u8; 32])>);

impl MerkleProof {
    /// That of the leaf at `index`; none if there is none.
    pub fn of<L: AsRef<[u8]>>(leaves: &[L], mut index: usize) -> Option<Self> {
        leaves.get(index)?;
        let (mut row, mut beside) = (hashes(leaves), Vec::new());
        while row.len() > 1 {
            let (side, neighbour) = if index.is_multiple_of(2) {
                (Side::Right, index.checked_add(1)?)
            } else {
                (Side::Left, index.checked_sub(1)?)
            };
            // The odd one out has none and moves up.
            beside.extend(row.get(neighbour).map(|hash| (side, *hash)));
            (row, index) = (row_above(&row), index.checked_div(2)?);
        }
        Some(Self(beside))
    }

    /// The root that it puts a leaf under.
    pub fn root(&self, leaf: &[u8]) -> [u8; 32] {
        self.0.iter().fold(leaf_hash(leaf), |hash, (side, beside)| match side {
            Side::Left => node_hash(beside, &hash),
            Side::Right => node_hash(&hash, beside),
        })
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

    #[test]
    fn every_leaf_of_a_tree_of_any_size_is_proved_and_no_other() {
        for size in 1_u8..=17 {
            let leaves: Vec<[u8; 1]> = (0..size).map(|leaf| [leaf]).collect();
            let root = merkle_root(&leaves).unwrap();
            for (index, leaf) in leaves.iter().enumerate() {
                let proof = MerkleProof::of(&leaves, index).unwrap();
                assert_eq!(proof.root(leaf), root, "leaf {index} of {size}");
                assert_ne!(proof.root(b"another"), root);
            }
            assert_eq!(MerkleProof::of(&leaves, usize::from(size)), None);
        }
    }
}
