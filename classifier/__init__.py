"""Text in, topic and dimension and intent out. Knows texts, not people."""

from classifier.corpus import Example, read_examples
from classifier.errors import ClassifierError
from classifier.evaluation import Evaluation, evaluate
from classifier.lesson import LEARNED, Correction
from classifier.lines import classify_lines
from classifier.model import Classifier, Tag
from classifier.taxonomy import Dimension, Taxonomy, list_taxonomies, load_taxonomy
from classifier.topics import Topic, Topics, load_topics
from classifier.training import load_or_train, model_id, train

__all__ = [
    "LEARNED",
    "Classifier",
    "ClassifierError",
    "Correction",
    "Dimension",
    "Evaluation",
    "Example",
    "Tag",
    "Taxonomy",
    "Topic",
    "Topics",
    "classify_lines",
    "evaluate",
    "list_taxonomies",
    "load_or_train",
    "load_taxonomy",
    "load_topics",
    "model_id",
    "read_examples",
    "train",
]
