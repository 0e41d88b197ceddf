"""Policies in words: every line of a document as a label and what it says."""

from __future__ import annotations

from functools import partial
from typing import Any

from app.decisions.words import Words
from app.labels import as_said, plain_label
from ledger.books.members_policy import NAMED


class PolicyWords:
    """Tells policies to one reader."""

    def __init__(self, words: Words) -> None:
        self._words, self._t = words, words.t

    def lines(self, area: str, document: dict[str, Any], names: dict[str, str]) -> dict[str, str]:
        """Label → what it says, in reading order; ``names``: of the kinds by code, of subjects and areas as
        sentences look them up.
        """
        return self._commons(document, names) if area == "commons" else self._members(document, names)

    def labels(self, document: dict[str, Any], names: dict[str, str]) -> dict[str, str]:
        """Names in a document as ``lines`` takes them; ``names`` by path, as they travel beside it."""
        plain = partial(plain_label, self._words.texts, self._words.lang)
        kinds = {
            kind["code"]: names.get(f"kinds/{row}/name") or plain("kinds", kind["code"])
            for row, kind in enumerate(document.get("kinds", []))
        }
        return kinds | as_said({
            group: {code: names.get(f"{stem}_names/{code}") or plain(group, code) for code in document.get(group, [])}
            for group, stem in NAMED.items()
        })  # fmt: skip

    def _members(self, document: dict[str, Any], names: dict[str, str]) -> dict[str, str]:
        words, t = self._words, self._t
        appointed = [words.word("role", role) for role in document["appointed"]]
        return {
            t("rules.members.admission"): t(f"rules.members.admission.{document['admission']}"),
            t("rules.members.applications"): t(f"rules.members.applications.{document['applications']}"),
            t("rules.members.classes"): words.joined([words.cls(code) for code in document["classes"]]),
            t("rules.members.appointed"): words.joined(appointed) or t("rules.nobody"),
            t("rules.members.recovery_days"): words.length(document["recovery_days"] * 86_400),
            t("rules.members.retention_days"): words.length(document["retention_days"] * 86_400),
            t("rules.members.minutes_years"): t("rules.years", n=words.fmt.integer(document.get("minutes_years", 10))),
            t("rules.members.topics"): words.joined([names[f"topic:{code}"] for code in document.get("topics", [])])
            or t("rules.members.topics.none"),
            t("rules.members.areas"): words.joined([names[f"area_of:{code}"] for code in document.get("areas", [])])
            or t("rules.members.areas.none"),
        }

    def _commons(self, document: dict[str, Any], kinds: dict[str, str]) -> dict[str, str]:
        words, t = self._words, self._t
        attestation, bookings = document["attestation"], document["bookings"]
        lines = {t("rules.commons.mode"): t(f"rules.commons.mode.{document['mode']}")}
        for kind in document["kinds"]:
            label = kinds.get(kind["code"], kind["code"])
            # Two kinds may bear one name; then the code tells them apart.
            label = label if label not in lines else f"{label} ({kind['code']})"
            lines[label] = self._rate(kind)
        by = words.joined([words.word("role", role) for role in attestation["by"]])
        lines |= {
            t("rules.commons.attestation"): t("rules.commons.attestation.value", n=attestation["count"], by=by),
            t("rules.commons.claim_days"): words.length(document["claim_days"] * 86_400),
            t("rules.commons.objection_seconds"): words.length(document["objection_seconds"]),
            t("rules.commons.gifts"): t(f"rules.commons.gifts.{document['gifts']}"),
            t("rules.commons.transfer_cap"): self._cap(document.get("transfer_cap")),
            t("rules.commons.mint_cap"): self._mint_cap(document.get("mint_cap")),
            t("rules.commons.payout"): words.word("payout", bookings["payout"]),
        }
        for days in ("confirm_days", "pickup_days", "settle_days"):
            lines[t(f"rules.commons.{days}")] = words.length(bookings.get(days, 7) * 86_400)
        return lines

    def _rate(self, kind: dict[str, Any]) -> str:
        return self._t(
            "rules.commons.rate",
            per=self._words.fmt.integer(kind.get("per", 1)),
            unit=self._words.word("unit", kind["unit"]),
            tokens=self._words.fmt.integer(kind["tokens"]),
        )

    def _cap(self, cap: int | None) -> str:
        return self._t("rules.commons.no_cap") if cap is None else self._words.fmt.integer(cap)

    def _mint_cap(self, cap: dict[str, Any] | None) -> str:
        if cap is None:
            return self._cap(None)
        amount = self._words.fmt.integer(cap["amount"])
        return self._t(f"rules.commons.mint_cap.{cap['period']}", amount=amount)
