"""A support vector machine and a naive Bayes model, fitted side by side and added up into one."""

import warnings
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.naive_bayes import ComplementNB
from sklearn.svm import LinearSVC
from sklearn.utils.extmath import safe_sparse_dot, softmax
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import (
    _check_sample_weight,
    check_is_fitted,
    check_non_negative,
    validate_data,
)

Floats = npt.NDArray[np.float32]


class LinearBlend(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Both models are linear, so their geometric mean is a linear model too: one matrix.

    `svc_weight` and `nb_weight` are inverse temperatures: with them the softmax of the scores
    is a probability. Weights are rounded to 11 bits: nothing is lost in accuracy, the file
    halves, and the last bits, in which two machines may differ, are gone.
    """

    def __init__(
        self,
        *,
        C: float = 0.3,  # noqa: N803  # the name scikit-learn gives it
        alpha: float = 0.3,
        svc_weight: float = 4.0,
        nb_weight: float = 1.0,
        balanced: bool = True,
        tol: float = 1e-3,
        max_iter: int = 1000,
    ) -> None:
        self.C = C
        self.alpha = alpha
        self.svc_weight = svc_weight
        self.nb_weight = nb_weight
        self.balanced = balanced
        self.tol = tol
        self.max_iter = max_iter

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:  # noqa: N803
        X, y = validate_data(self, X, y, accept_sparse="csr", dtype=np.float64)  # noqa: N806
        if sample_weight is not None:
            sample_weight = _check_sample_weight(sample_weight, X)
        check_non_negative(X, "LinearBlend")
        check_classification_targets(y)
        self.classes_ = np.unique(y)
        if self.classes_.size < 2:
            raise ValueError("Classifier can't train when only one class is present.")
        svc, svc_intercept = self._fit_svc(X, y, sample_weight)
        weights = self.svc_weight * svc
        if self.nb_weight:
            nb = ComplementNB(alpha=self.alpha).fit(X, y, sample_weight)
            weights = weights + self.nb_weight * nb.feature_log_prob_
        # Fortran order: the product with a sparse text needs the transpose row by row.
        self.coef_ = np.asfortranarray(_rounded(weights))
        self.intercept_ = _rounded(self.svc_weight * svc_intercept)
        return self

    def scores(self, X: Any) -> Floats:  # noqa: N803
        """One score per class. Unchecked: checking one text takes longer than scoring it."""
        scores: Floats = safe_sparse_dot(X, self.coef_.T, dense_output=True) + self.intercept_
        return scores

    def predict_proba(self, X: Any) -> Floats:  # noqa: N803
        proba: Floats = softmax(self.scores(self._checked(X)))
        return proba

    def predict(self, X: Any) -> Any:  # noqa: N803
        best = self.scores(self._checked(X)).argmax(axis=1)
        return self.classes_[best]

    def _checked(self, X: Any) -> Any:  # noqa: N803
        check_is_fitted(self)
        return validate_data(self, X, accept_sparse="csr", dtype=np.float32, reset=False)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.positive_only = True
        return tags

    def _fit_svc(self, X: Any, y: Any, sample_weight: Any) -> tuple[Any, Any]:  # noqa: N803
        svc = LinearSVC(
            C=self.C,
            class_weight="balanced" if self.balanced else None,
            tol=self.tol,
            max_iter=self.max_iter,
            random_state=0,
        )
        with warnings.catch_warnings():
            # The last digits of a model that is blended and rounded anyway are not worth waiting.
            warnings.simplefilter("ignore", ConvergenceWarning)
            svc.fit(X, y, sample_weight)
        self.n_iter_ = svc.n_iter_
        if len(svc.coef_) == 1:
            return np.vstack([-svc.coef_, svc.coef_]), np.hstack([-svc.intercept_, svc.intercept_])
        return svc.coef_, svc.intercept_


def _rounded(values: npt.NDArray[np.float64]) -> Floats:
    return values.astype(np.float16).astype(np.float32)
