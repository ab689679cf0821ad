"""The estimators and their settings; why each has its value is told in docs/classifier.md."""

from sklearn.pipeline import Pipeline

from classifier.blend import LinearBlend
from classifier.grams import Grams


def build_pipeline() -> Pipeline:
    """Text to topic, for use with scikit-learn's own tools."""
    return Pipeline([("grams", build_grams()), ("model", build_topic_model())])


def build_grams() -> Grams:
    return Grams(shortest=3, longest=4)


def build_topic_model() -> LinearBlend:
    return LinearBlend(C=0.5, alpha=0.1, svc_weight=6.0, nb_weight=1.5, tol=1e-2)


def build_intent_model() -> LinearBlend:
    return LinearBlend(C=0.6, svc_weight=2.0, nb_weight=0.0)
