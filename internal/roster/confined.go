package roster

import "slices"

// Confined gives the organisations to which a session of an own person is confined, where nothing was proved but by their
// connections or portals: whoever runs such a provider or product could begin one, and must learn and change nothing
// elsewhere (design page 1, rule 7). is is false for any other session.
func Confined(p Person, proofs []Proof) (to []OrgID, is bool) {
	if p.ManagedBy != "" || len(proofs) == 0 {
		return nil, false
	}
	for _, proof := range proofs {
		switch {
		case proof.Method == ProofConnection || proof.Method == ProofPortal:
			to = append(to, proof.Organisation)
		case proof.Method != "":
			return nil, false
		}
	}
	return slices.Compact(to), len(to) > 0
}

// OwnProof refuses what counts in all of a person's organisations to a session that is confined to some. Kind: Denied
// (own_proof_needed).
func OwnProof(p Person, proofs []Proof) error {
	if _, is := Confined(p, proofs); is {
		return Errorf(Denied, "own_proof_needed", "Sign in with a password of your own to change this: it counts in all your organisations.")
	}
	return nil
}
