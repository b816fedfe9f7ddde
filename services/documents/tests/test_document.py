from uuid import uuid4

import pytest

from koprogo.documents.domain.document import readers_of_upload
from koprogo.kernel.words import Role

from .builders import document

ME, SOMEBODY = uuid4(), uuid4()


class TestADocument:
    @pytest.mark.parametrize("role", list(Role))
    def test_of_nobody_is_seen_by_those_who_see_all(self, role: Role) -> None:
        assert document().is_visible_to({role}, set()) is (role in (Role.SYNDIC, Role.SUPER_ADMIN))

    def test_is_seen_by_the_roles_it_names(self) -> None:
        shared = document(visible_to=("owner",))
        assert shared.is_visible_to({Role.OWNER}, {ME})
        assert shared.is_visible_to({Role.BOARD_MEMBER, Role.OWNER}, {ME})
        assert not shared.is_visible_to({Role.ACCOUNTANT}, set())

    def test_of_one_co_owner_is_seen_by_him_alone(self) -> None:
        letter = document(visible_to_co_owner_id=ME)
        assert letter.is_visible_to({Role.OWNER}, {ME, SOMEBODY})
        assert not letter.is_visible_to({Role.OWNER, Role.BOARD_MEMBER}, {SOMEBODY})
        assert not letter.is_visible_to({Role.ACCOUNTANT}, set())

    def test_is_seen_by_nobody_without_a_role(self) -> None:
        assert not document(visible_to=("owner",)).is_visible_to(set(), set())


class TestWhoeverUploads:
    def test_reads_what_he_has_added(self) -> None:
        assert readers_of_upload([], {Role.ACCOUNTANT}) == ("accountant",)

    def test_does_not_show_it_to_all_owners_because_he_is_one(self) -> None:
        assert readers_of_upload([], {Role.BOARD_MEMBER, Role.OWNER}) == ("board_member",)
        assert readers_of_upload([], {Role.SYNDIC, Role.OWNER, Role.BOARD_MEMBER}) == ()

    def test_names_each_reader_once(self) -> None:
        assert readers_of_upload(["owner", "board_member", "owner"], {Role.BOARD_MEMBER}) == ("owner", "board_member")
