from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koprogo.documents.adapters.mail import POLICY, TEXTS, mail
from koprogo.documents.application.ports import Attachment
from koprogo_api.documents.events.v1.request_pb2 import DocumentRequested

from .builders import PDF, dispatch

ATTACHED = [
    Attachment("convocation-2026-06-10.pdf", "application/pdf", PDF),
    Attachment("Procès-verbal – façade.txt", "text/plain; charset=utf-8", "Quotités : ½".encode()),
]

WORDS = ["de", "l'ACP", "Résidence", "«", "Tilleuls", "»", "à", "Müller", "–", "Straße", "12", "VME"]

KINDS = [field.name for field in DocumentRequested.DESCRIPTOR.oneofs_by_name["content"].fields]


def read_back(**what: object) -> EmailMessage:
    content = mail(dispatch(**what), ATTACHED, sender="no-reply@koprogo.test").as_bytes(policy=POLICY)
    content.decode("ascii")
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def text(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


class TestAMail:
    @pytest.mark.parametrize("kind", [*KINDS, "something_new"])
    @pytest.mark.parametrize("language", ["fr", "nl", "de", "en"])
    def test_says_in_his_language_what_it_brings_and_from_whom(self, kind: str, language: str) -> None:
        message = read_back(kind=kind, language=language)
        words = TEXTS.get(kind, TEXTS["other"])[language]
        assert message["subject"] == f"{words['subject']} – ACP Résidence « Les Tilleuls »"
        assert message["content-language"] == language
        for said in (words["text"], TEXTS["greeting"][language], "ACP Résidence", *(a.file_name for a in ATTACHED)):
            assert said in text(message)

    @pytest.mark.parametrize("kind", ["call_for_funds", "reminder", "charge_statement", "transfer_statement"])
    @pytest.mark.parametrize("language", ["fr", "nl", "de", "en"])
    def test_about_money_has_words_of_its_own_and_no_figure_in_them(self, kind: str, language: str) -> None:
        words = TEXTS[kind][language]
        assert words != TEXTS["other"][language]
        assert not any(sign.isdigit() or sign in "€{" for sign in words["subject"] + words["text"])

    @given(st.lists(st.sampled_from(WORDS), min_size=1))
    def test_names_the_association_as_it_is_written(self, words: list[str]) -> None:
        name = " ".join(words)
        assert read_back(association_name=name)["subject"].endswith(f" – {name}")

    def test_is_to_one_person_and_has_one_id(self) -> None:
        one = dispatch()
        twice = [mail(one, ATTACHED, sender="no-reply@koprogo.test")["message-id"] for _ in range(2)]
        assert twice == [f"<{one.id}@koprogo.test>"] * 2
        message = read_back()
        assert [(a.display_name, a.addr_spec) for a in message["to"].addresses] == [
            ("Élise Müller", "elise@example.org")
        ]
        assert message["from"].addresses[0].addr_spec == "no-reply@koprogo.test"
        assert message["auto-submitted"] == "auto-generated"

    def test_brings_the_bytes_as_they_are(self) -> None:
        parts = list(read_back().iter_attachments())
        assert [part.get_filename() for part in parts] == [one.file_name for one in ATTACHED]
        assert [part.get_content_type() for part in parts] == ["application/pdf", "text/plain"]
        assert [part.get_payload(decode=True) for part in parts] == [one.content for one in ATTACHED]

    @pytest.mark.parametrize("name", ['Peeters, "An"', "Peeters\r\nBcc: all@example.org", "", "x" * 300])
    def test_goes_to_nobody_else_whatever_the_name(self, name: str) -> None:
        message = read_back(name=name, association_name=f"ACP {name}")
        assert [a.addr_spec for a in message["to"].addresses] == ["elise@example.org"]
        assert message["bcc"] is None

    @pytest.mark.parametrize("email", ["", "nobody", "a@b\r\nBcc: c@d", "a@b, c@d", "é@example.org\n"])
    def test_is_not_written_to_what_is_no_address(self, email: str) -> None:
        with pytest.raises((ValueError, IndexError, KeyError)) as refused:
            read_back(email=email)
        assert refused.value
