"""What the window asks of a model while it trains, each thing a probe in a file of its own.

A probe has settings and a value, both frozen, which cross to the trainer and back; neither they nor the probes load
torch. The window names a probe by its name here.
"""

from __future__ import annotations

PROBES: dict[str, str] = {
    "twins": "boundaryviz.engine.probes.twins:TwinsProbe",
    "cascade": "boundaryviz.engine.probes.cascade:CascadeProbe",
    "units": "boundaryviz.engine.probes.units:UnitsProbe",
    "scores": "boundaryviz.engine.probes.scores:ScoresProbe",
    "course": "boundaryviz.engine.probes.course:CourseProbe",
    "tree": "boundaryviz.engine.probes.tree:TreeProbe",
    "certificate": "boundaryviz.engine.probes.certificate:CertificateProbe",
    "support": "boundaryviz.engine.probes.support:SupportProbe",
    "defence": "boundaryviz.engine.probes.defence:DefenceProbe",
    "margin-quantiles": "boundaryviz.engine.probes.margins:MarginsProbe",
    "push-here": "boundaryviz.engine.probes.push_views:PushViewProbe",
    "push-points": "boundaryviz.engine.probes.push_views:PushViewProbe",
    "push-robustness": "boundaryviz.engine.probes.push_views:RobustnessViewProbe",
    "embedding": "boundaryviz.engine.probes.embedding:EmbeddingProbe",
    "similarity": "boundaryviz.engine.probes.embedding:SimilarityProbe",
    "heights": "boundaryviz.engine.probes.heights:HeightsProbe",
    "influence": "boundaryviz.influences.probe:InfluenceProbe",
    "influence-slowly": "boundaryviz.influences.probe:SlowInfluenceProbe",
}
"""Every probe by name, as "module:class"."""
