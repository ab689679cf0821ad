"""Topics and taxonomies: every idea must find its place in every plan."""

import pytest

from classifier import list_taxonomies, load_taxonomy, load_topics
from classifier.errors import BadTaxonomy, TaxonomyNotFound, UnknownTopic

CITY_FILE = """
id = "kota"
title = "Kota lain"

[[dimension]]
id = "semua"
title = "Semua"
topics = [{topics}]
"""


def write_taxonomy(path, topics):
    path.write_text(CITY_FILE.format(topics=", ".join(f'"{topic}"' for topic in topics)))
    return path


def test_there_are_36_topics_and_three_special_codes():
    """What a moderator can choose from is what the codebook names."""
    topics = load_topics()

    assert len(topics.ids) == 36
    assert topics.code_ids == ["out_of_scope", "unclear", "spam_abuse"]
    assert len(topics.by_id) == 39


def test_every_topic_has_what_people_read():
    """No button without a title, no card without a definition."""
    for topic in load_topics().by_id.values():
        assert topic.title_id and topic.title_en and topic.definition

    for topic in load_topics().topics:
        assert topic.keywords and topic.belongs and topic.opd and topic.progul


def test_an_unknown_topic_is_named_in_the_error():
    with pytest.raises(UnknownTopic, match="jalan_tol"):
        load_topics().get("jalan_tol")


@pytest.mark.parametrize("name", list_taxonomies())
def test_every_topic_is_in_exactly_one_dimension(name):
    """A planner who adds up the dimensions counts every idea once."""
    taxonomy = load_taxonomy(name)

    placed = [topic for dimension in taxonomy.dimensions for topic in dimension.topics]

    assert sorted(placed) == sorted(load_topics().ids)


def test_the_default_taxonomy_is_the_six_dimensions_of_2018():
    taxonomy = load_taxonomy()

    assert {dimension.id: dimension.title for dimension in taxonomy.dimensions} == {
        "mobility": "Smart Mobility",
        "environment": "Smart Environmental",
        "living": "Smart Living",
        "government": "Smart Government",
        "economy": "Smart Economy",
        "people": "Smart People",
    }
    assert taxonomy.title_of("parking") == "Smart Mobility"
    assert taxonomy.title_of("unclear") is None


def test_the_ministrys_pillars_name_the_subdimension():
    dimension = load_taxonomy("kominfo").find("waste_management")

    assert dimension is not None
    assert (dimension.title, dimension.parts["waste_management"]) == (
        "Smart Environment",
        "Sampah dan limbah",
    )


def test_a_city_brings_its_own_file(tmp_path):
    path = write_taxonomy(tmp_path / "kota.toml", load_topics().ids)

    assert load_taxonomy(path).title_of("parking") == "Semua"


def test_a_city_file_that_forgets_a_topic_is_told_which(tmp_path):
    """The person who wrote the table must not have to search."""
    topics = [topic for topic in load_topics().ids if topic != "parking"]
    path = write_taxonomy(tmp_path / "kota.toml", topics)

    with pytest.raises(BadTaxonomy, match="parking: in no dimension"):
        load_taxonomy(path)


def test_a_city_file_that_names_a_topic_twice_or_wrongly_is_told_which(tmp_path):
    path = write_taxonomy(tmp_path / "kota.toml", [*load_topics().ids, "parking", "tol"])

    with pytest.raises(BadTaxonomy, match=r"parking: in more than one dimension; tol: not a topic"):
        load_taxonomy(path)


@pytest.mark.parametrize(
    "content", ["id = ", "title = 'x'", "id = 'a'\ntitle = 'b'\ndimension = 3"]
)
def test_a_file_that_is_no_taxonomy_is_refused_in_words(tmp_path, content):
    path = tmp_path / "kota.toml"
    path.write_text(content)

    with pytest.raises(BadTaxonomy, match=r"kota\.toml"):
        load_taxonomy(path)


def test_an_unknown_taxonomy_lists_the_known_ones():
    with pytest.raises(TaxonomyNotFound, match="padang2018"):
        load_taxonomy("padang2045")
