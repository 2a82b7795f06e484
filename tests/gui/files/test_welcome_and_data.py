import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QSize, Qt
from PyQt6.QtWidgets import QLabel

from boundaryviz.figures.palette import BLUE, ORANGE
from boundaryviz.gui.files.welcome import Card, WelcomePage
from boundaryviz.gui.plane.thumbnails import data_pixmap, scene_pixmap
from boundaryviz.gui.training.data_panel import DataPanel, OwnData
from boundaryviz.gui.widgets.icons import NAMES, icon
from boundaryviz.gui.widgets.theme import DARK, LIGHT
from boundaryviz.scene.data import DataSpec
from boundaryviz.scene.datasets import DATASETS
from boundaryviz.scene.scene import Domain, Points, Scene
from helpers.plainness import unwrapped
from helpers.qtest import QTest


def two_points():
    return Scene(Points.of([[-1.0, 1.0], [1.0, -1.0]], [0, 1]), Domain(-2.0, 2.0, -2.0, 2.0))


def test_a_thumbnail_shows_points_where_they_are_in_their_colours(qapp):
    picture = scene_pixmap(two_points(), QSize(240, 120), LIGHT).toImage()
    assert (picture.width(), picture.height()) == (240, 120)
    assert picture.pixelColor(90, 30).name() == ORANGE
    assert picture.pixelColor(150, 90).name() == BLUE
    assert picture.pixelColor(120, 60).name() == LIGHT.plane


def test_a_plane_of_unlike_units_fills_its_thumbnail(qapp):
    scene = Scene(Points.of([[-1.0, 1e4], [1.0, -1e4]], [0, 1]), Domain(-2.0, 2.0, -2e4, 2e4))
    assert (
        scene_pixmap(scene, QSize(240, 120), LIGHT).toImage()
        == scene_pixmap(two_points(), QSize(240, 120), LIGHT).toImage()
    )


@pytest.mark.parametrize("name", DATASETS)
def test_every_data_set_has_a_thumbnail(qapp, name):
    picture = data_pixmap(name, QSize(48, 36), DARK).toImage()
    colours = {picture.pixelColor(x, y).name() for x in range(0, 48) for y in range(0, 36)}
    assert {ORANGE, BLUE} <= colours


def test_an_empty_scene_has_a_thumbnail(qapp):
    empty = Scene(Points.of(np.empty((0, 2))), Domain(-1.0, 1.0, -1.0, 1.0))
    assert scene_pixmap(empty, QSize(40, 40), LIGHT).toImage().pixelColor(20, 20).name() == LIGHT.plane


@pytest.mark.parametrize("name", NAMES)
def test_every_icon_draws_something(qapp, name):
    picture = icon(name, "#ff0000").pixmap(24, 24).toImage()
    inked = sum(picture.pixelColor(x, y).alpha() > 128 for x in range(24) for y in range(24))
    assert inked > 10


@pytest.fixture
def page(qtbot):
    made = WelcomePage()
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show()
    made.set_cards([Card(n, n.title(), f"All about {n}. " * 9, two_points()) for n in ("one", "two", "three")])
    return made


def test_a_card_is_chosen_by_mouse_and_by_keyboard(page):
    chosen: list[str] = []
    page.chosen.connect(chosen.append)
    QTest.mouseClick(page.cards[1], Qt.MouseButton.LeftButton)
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
        QTest.keyClick(page.cards[2], key)
    assert chosen == ["two", "three", "three", "three"]
    assert page.cards[0].accessibleName() == "One"


def test_ways_to_ones_own_data(page):
    heard = []
    for name in ("open_file", "paste_table", "draw_own"):
        getattr(page, name).connect(lambda name=name: heard.append(name))
    for button in (page.open_button, page.paste_button, page.draw_button):
        button.click()
    assert heard == ["open_file", "paste_table", "draw_own"]


def test_cards_fill_the_width_and_go_to_the_next_line(page):
    page.grab()
    tops = [card.y() for card in page.cards]
    assert len(set(tops)) == 1
    assert page.cards[-1].geometry().right() + 18 >= page.cards[0].parentWidget().width() - page.cards[0].width()
    page.resize(420, 600)
    page.grab()
    assert [card.x() for card in page.cards] == [page.cards[0].x()] * 3
    assert len({card.y() for card in page.cards}) == 3


def test_cards_are_replaced_and_an_empty_gallery_is_said(page):
    page.set_cards([])
    assert page._nothing.isVisible()
    page.set_cards([Card("x", "X", "", two_points())])
    assert [c.card.name for c in page.cards] == ["x"]
    assert not page._nothing.isVisible()


@pytest.fixture
def panel(qtbot):
    made = DataPanel()
    qtbot.addWidget(made)
    made.resize(340, 600)
    made.show()
    return made


def choose(panel, name):
    index = panel.combo.findData(name)
    panel.combo.setCurrentIndex(index)
    panel.combo.activated.emit(index)


def test_choosing_a_data_set_is_told_once(panel):
    heard = []
    panel.changed.connect(lambda *a: heard.append(a))
    choose(panel, "spiral")
    assert heard == [("data.name", "spiral")]
    panel.set_values(DataSpec(name="spiral"))
    choose(panel, "spiral")
    assert heard == [("data.name", "spiral")]
    panel.form.editor("n").edit.setFocus()
    QTest.keyClick(panel.form.editor("n").edit, Qt.Key.Key_Up)
    assert heard[-1] == ("data.n", 560)


@pytest.mark.parametrize("name", DATASETS)
def test_noise_is_explained_in_the_data_sets_own_words(panel, name):
    panel.set_values(DataSpec(name=name))
    source = DATASETS[name]
    row = panel.form.editor("noise").parentWidget()
    assert panel.summary.text() == source.summary
    if source.noise.largest > 0:
        assert source.noise.meaning in unwrapped(row.toolTip())
        assert float(panel.form.editor("noise").edit.text()) == pytest.approx(source.noise.default)
    else:
        assert not panel.form.editor("noise").isEnabled()


def test_new_points_are_asked_for(panel):
    heard = []
    panel.redraw.connect(lambda: heard.append(1))
    panel.button.click()
    assert heard == [1]


def test_points_of_ones_own_have_the_settings_that_act_on_them(panel):
    enabled = lambda *names: [panel.form.editor(name).isEnabled() for name in names]  # noqa: E731
    panel.set_values(DataSpec(name="points", n="all"), OwnData("3 points from a.csv.", 3, splits_given=True))
    assert panel.combo.currentText() == "Your own points"
    assert panel.summary.text() == "3 points from a.csv."
    assert enabled("n", "labels_per_class", "label_noise", "jitter", "splits", "seed") == [True] * 6
    assert enabled("noise", "pool", "validation", "test", "labels_at", "label_noise_on") == [False] * 6
    assert enabled("lift", "lift_noise") == [False] * 2
    assert "as they came" in panel.form.editor("test").parentWidget().toolTip()
    assert not panel.button.isEnabled()
    panel.set_values(DataSpec(name="points", n="all"), OwnData(splits_given=False, chance=True))
    assert enabled("splits", "validation", "test") == [False, True, True]
    assert panel.button.isEnabled()
    assert panel.form.editor("n").button.isVisible()


def test_of_a_data_set_a_number_of_points_is_drawn(panel):
    panel.set_values(DataSpec(name="points", n="all"))
    panel.set_values(DataSpec(name="moons"))
    assert panel.combo.findData("points") < 0
    assert panel.form.editor("n").isEnabled()
    assert not panel.form.editor("n").button.isVisible()
    assert not panel.form.editor("splits").isEnabled()
    assert panel.button.text() == "New points"


def test_a_data_set_can_be_lifted_off_the_plane(panel):
    enabled = lambda: [panel.form.editor(name).isEnabled() for name in ("lift", "lift_noise")]  # noqa: E731
    panel.set_values(DataSpec())
    assert enabled() == [True, False]
    panel.set_values(DataSpec(lift=20))
    assert enabled() == [True, True]


def test_the_slider_of_dimensions_begins_with_the_plane_itself(panel):
    heard = []
    panel.changed.connect(lambda *said: heard.append(said))
    panel.set_values(DataSpec())
    lift = panel.form.editor("lift")
    assert (lift.edit.text(), lift.slider.value()) == ("2", 0)
    lift.slider.setValue(lift.slider.maximum())
    lift.slider.setValue(0)
    assert heard[0] == ("data.lift", 500)
    assert heard[-1] == ("data.lift", None)


def test_how_often_a_fragile_input_is_right_is_asked_where_there_is_one(panel):
    enabled = lambda: [panel.form.editor(name).isEnabled() for name in ("cue", "cue_agrees")]  # noqa: E731
    panel.set_values(DataSpec())
    assert enabled() == [True, False]
    panel.set_values(DataSpec(cue=0.1))
    assert enabled() == [True, True]


def test_no_more_points_are_kept_than_are_drawn(panel):
    """The numbers that cannot be are not offered, for the scenario refuses them."""
    panel.set_values(DataSpec(n=100, pool=300, label_noise=0.1))
    heard = []
    panel.changed.connect(lambda *a: heard.append(a))
    assert [panel.form.editor(name).isEnabled() for name in ("pool", "label_noise_on")] == [True, True]
    n = panel.form.editor("n")
    n.edit.setFocus()
    for asked in ("301", "299"):
        n.edit.selectAll()
        QTest.keyClicks(n.edit, asked)
        QTest.keyClick(n.edit, Qt.Key.Key_Return)
    assert heard == [("data.n", 299)]


def test_the_list_shows_pictures_once_it_is_opened(panel):
    assert panel.combo.itemIcon(0).isNull()
    panel.combo.showPopup()
    assert not any(panel.combo.itemIcon(i).isNull() for i in range(panel.combo.count()))
    panel.combo.hidePopup()


def test_cards_stand_below_the_titles_of_their_lessons(page):
    cards = [Card(n, n, "", two_points(), lesson=lesson) for n, lesson in (("a", "One"), ("b", "One"), ("c", "Two"))]
    page.set_cards(cards)
    QTest.qWait(20)  # the layout comes to rest
    titles = {label.text(): label for label in page.findChildren(QLabel) if label.text() in ("One", "Two")}
    top = {name: part.mapTo(page, QPoint(0, 0)).y() for name, part in titles.items()}
    first, _, third = (card.mapTo(page, QPoint(0, 0)).y() for card in page.cards)
    assert top["One"] < first < top["Two"] < third
    page.focus_on("c")
    assert page.cards[2].hasFocus() or page.focusWidget() is page.cards[2]


def test_a_picture_lies_under_the_points_where_the_model_is_known(qapp):
    field = np.zeros((8, 16), dtype=np.float32)
    field[:, 8:] = 1.0
    bare, filled = (scene_pixmap(two_points(), QSize(240, 120), LIGHT, 1.0, one).toImage() for one in (None, field))
    assert bare.pixelColor(80, 110).name() == LIGHT.plane
    left, right = filled.pixelColor(80, 110), filled.pixelColor(160, 10)
    assert left.red() > left.blue()
    assert right.blue() > right.red()
