"""Lists of the values of a column, by which a reader filters rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chromium import Reader, column, each_theme, region

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytest_plugins = ["readers"]


def choices(page: Page, label: str) -> list[str]:
    return page.get_by_label(label, exact=True).locator("option").all_inner_texts()


@each_theme
def test_each_filter_is_a_list_with_the_values_in_their_order(reader: Reader) -> None:
    page = reader.open("filters.html")
    assert choices(page, "Family") == ["all", "Bert", "émile", "llama"]
    assert choices(page, "Inst. Type") == ["all", "trn1.2xlarge", "g5.large", "inf2.xlarge"]
    assert choices(page, "Released") == ["all", "2023-12-01", "2024-01-31"]
    assert choices(page, "Size / Unit") == ["all", "9 GB", "10 GB"]
    assert choices(page, "Kind") == ["all", "x", "y"]
    family = page.get_by_label("Family", exact=True)
    search = page.get_by_role("searchbox", name="Search Costs")
    assert family.bounding_box() is not None
    assert search.bounding_box() is not None


def test_filters_and_search_must_all_be_met_and_the_rest_is_counted(reader: Reader) -> None:
    page = reader.open("filters.html")
    table = region(page, "Costs").locator("table")
    status = page.get_by_role("status").first
    page.get_by_label("Family", exact=True).select_option("llama")
    assert status.inner_text() == "10 of 40 rows"
    page.get_by_label("Inst. Type", exact=True).select_option("g5.large")
    assert column(table, 0) == ["model 8", "model 20", "model 32"]
    assert status.inner_text() == "3 of 40 rows"
    page.get_by_role("searchbox").fill("model 32")
    assert column(table, 0) == ["model 32"]
    page.get_by_label("Released", exact=True).select_option("2023-12-01")
    assert column(table, 0) == []
    assert status.inner_text() == "No row matches."
    for label in ("Family", "Inst. Type", "Released"):
        page.get_by_label(label, exact=True).select_option("all")
    page.get_by_role("searchbox").fill("")
    assert len(column(table, 0)) == 40
    assert status.inner_text() == ""


def test_filters_work_without_a_search_and_by_keyboard(reader: Reader) -> None:
    page = reader.open("filters.html")
    table = region(page, "Levels").locator("table")
    page.get_by_label("Kind", exact=True).focus()
    page.keyboard.press("ArrowDown")
    assert column(table, 0) == ["x", "x"]
    assert page.get_by_role("status").last.inner_text() == "2 of 3 rows"
    region(page, "Costs").get_by_role("button", name="Price", exact=True).click()
    assert column(table, 0) == ["x", "x"]


def test_filters_of_a_named_table_are_in_the_address(reader: Reader) -> None:
    page = reader.open("filters.html")
    page.get_by_label("Family", exact=True).select_option("émile")
    page.get_by_label("Inst. Type", exact=True).select_option("g5.large")
    address = page.evaluate("location.hash")
    assert address == "#costs?filter.Family=%C3%A9mile&filter.Inst.+Type=g5.large"
    shared = reader.open(f"filters.html{address}")
    assert shared.get_by_label("Family", exact=True).input_value() == "émile"
    assert column(region(shared, "Costs").locator("table"), 1) == ["émile"] * 3
    unknown = reader.open("filters.html#costs?filter.Family=none&filter.Moon=1&sort=Moon")
    assert unknown.get_by_label("Family", exact=True).input_value() == ""
    assert len(column(region(unknown, "Costs").locator("table"), 1)) == 40


def test_filters_are_neither_on_paper_nor_without_script(reader: Reader) -> None:
    page = reader.open("filters.html")
    page.emulate_media(media="print")
    assert not page.get_by_label("Family", exact=True).is_visible()
    plain = reader.open("filters.html", java_script_enabled=False)
    assert plain.locator("select").count() == 0
    assert plain.locator("table.df-table").first.locator("tbody tr").count() == 40
