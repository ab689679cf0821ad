"""A model is a file: made the same twice, read back whole, made anew when damaged."""

from dataclasses import replace

import pytest
import skops.io

from classifier import Classifier, load_or_train, load_taxonomy, train
from classifier.errors import DamagedModel
from classifier.training import model_id

TEXTS = ["lampu jalan mati", "sampah menumpuk di pasar", "halo", ""]


@pytest.fixture(scope="module")
def saved(classifier, tmp_path_factory):
    path = tmp_path_factory.mktemp("saved") / f"{classifier.id}.skops"
    classifier.save(path)
    return path


@pytest.fixture
def small_corpus(corpus, monkeypatch):
    """A twentieth of the texts, so that a test may learn more than once."""
    monkeypatch.setattr("classifier.training.read_corpus", lambda: corpus[::20])


def test_learning_twice_gives_the_same_bytes(tmp_path, small_corpus):
    """Two machines of a city must not tag the same idea differently."""
    first, second = tmp_path / "1.skops", tmp_path / "2.skops"

    train().save(first)
    train().save(second)

    assert first.read_bytes() == second.read_bytes()


def test_saving_twice_gives_the_same_bytes(saved, tmp_path):
    again = tmp_path / "again.skops"

    Classifier.load(saved).save(again)

    assert again.read_bytes() == saved.read_bytes()


def test_a_model_read_back_says_the_same(classifier, saved):
    """A restart changes no tag."""
    read_back = Classifier.load(saved)

    assert read_back.id == classifier.id
    assert read_back.taxonomy == classifier.taxonomy
    assert read_back.tag(TEXTS) == classifier.tag(TEXTS)


def test_a_model_is_small(saved):
    assert saved.stat().st_size <= 20_000_000


def test_the_name_tells_data_and_taxonomy_apart(tmp_path):
    """A label that names its model can be traced to what the model was made of."""
    taxonomy, extra = load_taxonomy(), tmp_path / "extra.jsonl"
    extra.write_text('{"text": "parkir", "topic": "parking"}\n')

    names = {
        model_id(None, taxonomy),
        model_id(extra, taxonomy),
        model_id(None, load_taxonomy("kominfo")),
        model_id(None, replace(taxonomy, title="Lain")),
    }

    assert len(names) == 4
    assert model_id(None, taxonomy) == model_id(None, load_taxonomy())


def test_corrections_are_learned(tmp_path, small_corpus):
    """What a city's moderators know, the next model knows."""
    extra = tmp_path / "extra.jsonl"
    line = '{"text": "odong-odong zumbalala nomor %d", "topic": "public_transport"}\n'
    extra.write_text("".join(line % i for i in range(12)))

    [tag] = train(extra).tag(["zumbalala"])

    assert tag.topic == "public_transport"


def test_the_first_start_learns_and_the_second_reads(tmp_path, small_corpus):
    """Only the first start keeps the operator waiting, and it says why."""
    told: list[str] = []
    first = load_or_train(tmp_path, told.append)
    assert any("first start" in line for line in told)

    told.clear()
    second = load_or_train(tmp_path, told.append)

    assert told == []
    assert second.id == first.id


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[: len(data) // 2],
        lambda data: data[:5000] + b"\x00" * 50 + data[5050:],
        lambda data: b"not a model at all",
    ],
)
def test_a_damaged_model_is_made_anew(tmp_path, small_corpus, damage):
    """A disk that lost half a file costs half a minute, not the bot."""
    told: list[str] = []
    first = load_or_train(tmp_path)
    path = tmp_path / f"{first.id}.skops"
    whole = path.read_bytes()
    path.write_bytes(damage(whole))

    again = load_or_train(tmp_path, told.append)

    assert again.id == first.id
    assert any("learning again" in line for line in told)
    assert path.read_bytes() == whole


def test_a_file_that_is_no_model_is_refused_by_name(tmp_path):
    path = tmp_path / "m-00000000.skops"
    path.write_text("hello")

    with pytest.raises(DamagedModel, match=r"m-00000000\.skops"):
        Classifier.load(path)


def test_a_file_with_foreign_types_is_refused(tmp_path):
    """A model file may hold numbers and scikit-learn, nothing that runs."""
    path = tmp_path / "m-00000000.skops"
    skops.io.dump({"pipeline": pytest.approx}, path)

    with pytest.raises(DamagedModel, match="ntrusted"):
        Classifier.load(path)
