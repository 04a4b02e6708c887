import re

import pytest

from delivery.findings import Refusal, Severity
from delivery.redbook import from_msf
from delivery.specs import plant, plants


@pytest.mark.parametrize("name", plants())
def test_every_limit_has_a_source_and_a_date_and_they_rise(name):
    limits = plant(name).limits
    assert [limit.time for limit in limits] == sorted(limit.time for limit in limits)
    for limit in limits:
        assert limit.says
        assert limit.source
        assert re.fullmatch(r"20\d\d-\d\d", limit.read)


@pytest.mark.parametrize("name", plants())
def test_no_plant_takes_eighty_minutes(name):
    limit = plant(name).over(from_msf("80:00:00"))
    assert limit is not None
    assert limit.severity is Severity.ERROR


@pytest.mark.parametrize(
    ("leadout", "severity"),
    [
        ("74:00:00", None),
        ("74:00:01", "note"),
        ("78:00:01", "warning"),
        ("79:45:01", "warning"),
        ("79:57:74", "warning"),
        ("79:58:00", "error"),
        ("80:00:00", "error"),
    ],
)
def test_the_generic_plant(leadout, severity):
    limit = plant("generic").over(from_msf(leadout))
    assert (limit and limit.severity) == severity


def test_an_unknown_plant_is_refused_with_a_near_name():
    with pytest.raises(Refusal) as refusal:
        plant("genric")
    assert refusal.value.findings[0].help == "did you mean 'generic'?"
