"""Which column is x, y, the label and so on, and why; and what is said where there are no two columns of numbers."""

from __future__ import annotations

import numpy as np
import pytest

from boundaryviz.scene.section import Section
from boundaryviz.tables.tables import TableError, read_table

HEADERS = [  # header, a row or two, x, y, label
    ("x,y,label", "1,2,0", "x y label"),
    ("X,Y,LABEL", "1,2,0", "X Y LABEL"),
    ("id,height,weight,species", "1,2,3,cat", "height weight species"),
    ("x1,x2,y", "1,2,0", "x1 x2 y"),
    ("y,x1,x2", "0,1,2", "x1 x2 y"),
    ("share,y", "1,2", "share y -"),
    ("name,a,b", "tom,2,3.5", "a b name"),
    ("a,b,c", "1.5,2.5,3.5", "a b -"),
    ("class,a,b", "1,2,3", "a b class"),
    (",a,b", "0,2,3", "a b -"),
    ("rownames,len,wid,kind", "1,.1,.2,a\n2,.9,.8,b", "len wid kind"),
    ("latitude,longitude,city", "48.1,11.6,M\n52.5,13.4,B", "longitude latitude city"),
    ("id,lon,temp,lat", "1,11.6,3.5,48.1\n2,13.4,4.5,52.5", "lon lat -"),
    ("year,gdp,life,continent", "1990,5,6,EU\n1991,7,8,AS", "gdp life continent"),
    ("unit,a,b,c", "5,1.5,2,x\n5,2.5,3,y", "a b c"),
    ("age,salary,purchased", "31,65000,0\n47,66849,1\n28,57866,0", "age salary purchased"),
    ("first,a,b", "0,1.5,2.5\n1,3.5,4.5", "a b first"),
    ("date,a,b,group", "2020-01-01,1,2,u\n2020-01-02,3,4,v", "a b group"),
    ("tumor_class,radius,texture", "M,1.5,2\nB,3,4", "radius texture tumor_class"),
    ("PassengerId,Survived,Name,Age,Fare", "1,0,A,22,7.25\n2,1,B,38,71.3\n4,1,C,35,53.1", "Age Fare Survived"),
    ("name,sex,a,b", "A,m,1.5,2\nB,m,2.5,3\nC,f,3.5,4", "a b sex"),
    ("passengerid,age,fare,survived", "1,22,7.25,0\n2,38,71.3,1\n4,35,53.1,1", "age fare survived"),
]


@pytest.mark.parametrize(("header", "rows", "expected"), HEADERS)
def test_columns_are_proposed_with_a_reason_each(header: str, rows: str, expected: str):
    understanding = read_table(f"{header}\n{rows}\n").understanding
    x, y, label = understanding.choice.x or "", understanding.choice.y or "", understanding.choice.label or ""
    assert f"{x} {y} {label or '-'}" == expected
    assert {*understanding.reasons} == {"x", "y"} | ({"label"} if label else set())
    assert all(understanding.reasons.values())
    said = " ".join(understanding.notes)
    assert (f"took '{x}' for x" in said) == ({x.casefold(), y.casefold()} != {"x", "y"})
    assert (f"took '{label}' for the label" in said) == (label.casefold() not in ("", "label"))


def test_ids_years_and_constants_serve_where_there_is_nothing_else():
    understanding = read_table("id,year,label\n1,1990,a\n2,1995,b\n").understanding
    assert (understanding.choice.x, understanding.choice.y) == ("id", "year")
    assert "no better column" in understanding.reasons["x"]


def test_numbers_that_count_or_name_the_rows_and_flags_are_no_axes():
    rng = np.random.default_rng(2)
    rows = [f"{i},{k},{a:.3f},{b:.3f}" for i, k, (a, b) in zip(
        rng.permutation(10_000)[:40], rng.integers(0, 3, 40), rng.standard_normal((40, 2)), strict=True
    )]  # fmt: skip
    bare = read_table("\n".join(rows)).source.choice
    assert (bare.x, bare.y, bare.label) == ("column 3", "column 4", "column 2")
    flags = read_table(
        "flag,a,b,kind\n" + "\n".join(f"{k % 2},{r}" for k, r in enumerate(_with_kinds(rng)))
    ).source.choice
    assert (flags.x, flags.y, flags.label) == ("a", "b", "kind")


def _with_kinds(rng: np.random.Generator) -> list[str]:
    return [f"{a:.3f},{b:.3f},{'uv'[int(a > 0)]}" for a, b in rng.standard_normal((40, 2))]


def test_split_origin_and_muted_go_by_name_and_their_words():
    table = read_table("x,y,split,origin,target,muted\n1,2,test,poison,1,yes\n3,4,train,clean,0,no\n")
    choice = table.understanding.choice
    assert (choice.label, choice.split, choice.origin, choice.muted) == ("target", "split", "origin", "muted")
    assert table.scene.points.split.tolist() == [2, 0]
    other = read_table("x,y,set,label\n1,2,Test,a\n3,4,Training,b\n")
    assert (other.understanding.choice.split, other.scene.points.split.tolist()) == ("set", [2, 0])
    folds = read_table("x,y,split,label\n1,2,left,a\n3,4,right,b\n")
    assert folds.understanding.choice.split == ""
    assert any("'split' was not taken" in note for note in folds.notes)


def test_any_columns_can_be_chosen():
    source = "height,weight,kind,use\n1,2,cat,test\n3,4,dog,\n"
    table = read_table(source, columns={"x": "Weight", "y": "height", "label": "kind", "split": "use"})
    assert table.scene.points.xy.tolist() == [[2, 1], [4, 3]]
    assert table.scene.points.split.tolist() == [2, 0]
    assert table.scene.axis_names == ("weight", "height")
    assert table.scene.class_names == ("cat", "dog")
    assert read_table(source, table.source.choice).scene == table.scene
    swapped = read_table("1,2\n3,4\n", columns={"x": "column 2", "y": "column 1"})
    assert swapped.scene.points.xy.tolist() == [[2, 1], [4, 3]]
    assert not read_table(source, columns={"label": ""}).scene.points.is_labelled.any()
    assert read_table(source, columns={"x": "weight"}).source.choice.y == "height"
    as_typed = read_table(source, columns="x=Weight,y=height,label=kind,split=use")
    assert as_typed.source == table.source
    with pytest.raises(TableError, match="write such as x=length"):
        read_table(source, columns="Weight")


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"x": "a", "y": "a"}, "both x and y"),
        ({"z": "a"}, "'z' is nothing that can be chosen; there are x, y, label"),
        ({"minus_one": "both"}, "minus_one: .*'unlabelled' or 'class'"),
        ({"inputs": "a+b+nothing"}, "no column 'nothing' for inputs"),
        ({"inputs": "a+b", "x": "label"}, "none of the inputs"),
        ({"x": "label"}, "no row is left: 2 rows"),
    ],
)
def test_a_choice_that_cannot_be_is_refused_in_words(columns: dict[str, str], words: str):
    with pytest.raises(TableError, match=words):
        read_table("a,b,label\n1,2,u\n3,5,v\n", columns=columns)


def test_columns_left_out_are_named():
    assert "Columns left out: 'id', 'z'." in read_table("id,x,y,z,label\n1,2,3,4,0\n").notes


# ---- more inputs than two --------------------------------------------------------------------

WIDE = "a,b,c,kind\n" + "".join(
    f"{a},{1000 * a + b},{c},{'uv'[int(c > 0)]}\n"
    for a, b, c in np.random.default_rng(3).standard_normal((30, 3)).round(3)
)


def test_more_columns_are_the_points_own_inputs():
    scene = read_table(WIDE, columns={"inputs": "a+b+c"}).scene
    assert scene.points.x.shape == (30, 3)
    assert scene.axis_names == ("a", "b")
    np.testing.assert_array_equal(scene.points.xy, scene.points.x[:, :2])
    assert scene.section is not None
    assert scene.section.names == ("a", "b", "c")
    other = read_table(WIDE, columns={"inputs": "a+b+c", "x": "c", "y": "a"}).scene
    np.testing.assert_array_equal(other.points.xy, scene.points.x[:, [2, 0]])
    assert other.axis_names == ("c", "a")
    strip = read_table(WIDE, columns={"inputs": "a"}).scene
    assert (strip.points.x.shape, strip.axis_names[0]) == ((30, 1), "a")


def test_principal_components_do_not_depend_on_units_and_say_their_share():
    columns = {"inputs": ("a", "b", "c"), "shown": "principal"}
    scene = read_table(WIDE, columns=columns).scene
    x = scene.points.x
    z = (x - x.mean(axis=0)) / x.std(axis=0)
    values, vectors = np.linalg.eigh(np.cov(z.T, ddof=0))
    np.testing.assert_allclose(np.abs(scene.points.xy), np.abs(z @ vectors[:, [2, 1]]), atol=1e-9)
    shares = 100 * values[[2, 1]] / values.sum()
    assert scene.axis_names == (f"PC 1 ({shares[0]:.0f} %)", f"PC 2 ({shares[1]:.0f} %)")
    assert isinstance(scene.section, Section)
    on_plane = scene.section.embed(scene.points.xy)
    back = (on_plane - x.mean(axis=0)) / x.std(axis=0) @ vectors[:, [2, 1]]
    np.testing.assert_allclose(np.abs(back), np.abs(scene.points.xy), atol=1e-9)
    note = "x and y are the first two principal components of 3 columns, each standardised"
    assert any(note in one for one in read_table(WIDE, columns=columns).notes)
