import { h } from "../dom.js";
import { Site } from "../site.js";
import { drawButton } from "./button.js";
import { drawCheckboxes, drawRadioButtons } from "./choices.js";
import { drawDatePicker, drawDateTimePicker, drawTimePicker } from "./dates.js";
import { drawFeedbackButtons } from "./feedback.js";
import { drawFileInput } from "./file.js";
import { drawIconButton } from "./icon_button.js";
import { drawOverflow } from "./overflow.js";
import { drawPicture } from "./picture.js";
import { drawSelect } from "./select.js";
import { drawTextInput } from "./text_input.js";

const DRAWN_BY = {
  button: drawButton,
  workflow_button: drawButton,
  overflow: drawOverflow,
  image: drawPicture,
  static_select: drawSelect,
  external_select: drawSelect,
  users_select: drawSelect,
  conversations_select: drawSelect,
  channels_select: drawSelect,
  multi_static_select: drawSelect,
  multi_external_select: drawSelect,
  multi_users_select: drawSelect,
  multi_conversations_select: drawSelect,
  multi_channels_select: drawSelect,
  datepicker: drawDatePicker,
  timepicker: drawTimePicker,
  datetimepicker: drawDateTimePicker,
  checkboxes: drawCheckboxes,
  radio_buttons: drawRadioButtons,
  plain_text_input: drawTextInput,
  number_input: drawTextInput,
  email_text_input: drawTextInput,
  url_text_input: drawTextInput,
  rich_text_input: drawTextInput,
  file_input: drawFileInput,
  feedback_buttons: drawFeedbackButtons,
  icon_button: drawIconButton,
};

/** Draw an element of a block; `input` carries the label and rules of the input block around it, if any. */
export function drawElement(element, block, surface, input = null) {
  const draw = DRAWN_BY[element.type];
  if (!draw) return h("div", { class: "cannot-draw" }, `cannot draw: ${element.type}`);
  const site = new Site(surface, block, element, input);
  const node = draw(site);
  if (node.dataset.actionId !== undefined) surface.paint(node, site.key);
  return node;
}
