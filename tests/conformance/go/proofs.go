package main

import (
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"os"
	"slices"

	"filippo.io/torchwood"
	"github.com/transparency-dev/formats/log"
	cosignatures "github.com/transparency-dev/formats/note"
	tlogproof "github.com/transparency-dev/formats/proof"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"
)

// claims are what the API says, as a file of JSON; bytes in base64.
type claims struct {
	Inclusion []struct {
		Index, Size uint64
		Leaf, Root  []byte
		Proof       [][]byte
	}
	Consistency []struct {
		From, To         uint64
		OldRoot, NewRoot []byte
		Proof            [][]byte
	}
}

func checkProofs(arguments []string) error {
	data, err := os.ReadFile(arguments[0])
	if err != nil {
		return err
	}
	var all claims
	if err := json.Unmarshal(data, &all); err != nil {
		return err
	}
	hasher := rfc6962.DefaultHasher
	for _, one := range all.Inclusion {
		if err := proof.VerifyInclusion(hasher, one.Index, one.Size, hasher.HashLeaf(one.Leaf), one.Proof, one.Root); err != nil {
			return fmt.Errorf("inclusion of %d in %d: %w", one.Index, one.Size, err)
		}
	}
	for _, one := range all.Consistency {
		if err := proof.VerifyConsistency(hasher, one.From, one.To, one.Proof, one.OldRoot, one.NewRoot); err != nil {
			return fmt.Errorf("consistency of %d with %d: %w", one.From, one.To, err)
		}
	}
	fmt.Println(len(all.Inclusion), len(all.Consistency))
	return nil
}

func checkReceipt(arguments []string) error {
	data, err := os.ReadFile(arguments[0])
	if err != nil {
		return err
	}
	var receipt tlogproof.TLogProof
	if err := receipt.Unmarshal(data); err != nil {
		return err
	}
	verifier, err := note.NewVerifier(arguments[1])
	if err != nil {
		return err
	}
	head, _, _, err := log.ParseCheckpoint(receipt.Checkpoint, verifier.Name(), verifier)
	if err != nil {
		return err
	}
	var path [][]byte
	for _, hash := range receipt.Hashes {
		path = append(path, slices.Clone(hash[:]))
	}
	hasher := rfc6962.DefaultHasher
	leaf := hasher.HashLeaf(receipt.ExtraData)
	if err := proof.VerifyInclusion(hasher, receipt.Index, head.Size, leaf, path, head.Hash); err != nil {
		return err
	}
	fmt.Println(receipt.Index, head.Size)
	return nil
}

func checkCosigned(arguments []string) error {
	signed, err := os.ReadFile(arguments[0])
	if err != nil {
		return err
	}
	operator, err := note.NewVerifier(arguments[1])
	if err != nil {
		return err
	}
	witness, err := torchwood.NewCosignatureVerifier(arguments[2])
	if err != nil {
		return err
	}
	again, err := cosignatures.NewVerifierForCosignatureV1(arguments[2])
	if err != nil {
		return err
	}
	for _, verifier := range []note.Verifier{witness, again} {
		opened, err := note.Open(signed, note.VerifierList(operator, verifier))
		if err != nil {
			return err
		}
		if len(opened.Sigs) != 2 {
			return fmt.Errorf("%d signatures of these two", len(opened.Sigs))
		}
		time, err := torchwood.CosignatureTimestamp(opened.Sigs[1])
		if err != nil {
			return err
		}
		fmt.Println(time)
	}
	return nil
}

func cosign(arguments []string) error {
	signed, err := os.ReadFile(arguments[0])
	if err != nil {
		return err
	}
	operator, err := note.NewVerifier(arguments[1])
	if err != nil {
		return err
	}
	opened, err := note.Open(signed, note.VerifierList(operator))
	if err != nil {
		return err
	}
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		return err
	}
	signer, err := torchwood.NewCosignatureSigner(arguments[2], key)
	if err != nil {
		return err
	}
	cosigned, err := note.Sign(opened, signer)
	if err != nil {
		return err
	}
	fmt.Println(signer.Verifier())
	_, err = os.Stdout.Write(cosigned)
	return err
}
