"""The model card says of this model what this model does."""

from bench.card import PAGE, tables


def test_the_tables_of_the_model_card_are_this_models(classifier):
    """A corpus or a setting that changes the figures changes the card: `python -m bench.card`."""
    assert tables(classifier) in PAGE.read_text("utf-8")
