import { h } from "../dom.js";
import { drawActions } from "./actions.js";
import { drawAlert } from "./alert.js";
import { drawAuthProvider } from "./auth_provider.js";
import { drawCall } from "./call.js";
import { drawCard } from "./card.js";
import { drawCarousel } from "./carousel.js";
import { drawContainer } from "./container.js";
import { drawContext } from "./context.js";
import { drawContextActions } from "./context_actions.js";
import { drawDataTable } from "./data_table.js";
import { drawDataVisualization } from "./data_visualization.js";
import { drawDivider } from "./divider.js";
import { drawFile } from "./file.js";
import { drawHeader } from "./header.js";
import { drawImageBlock } from "./image.js";
import { drawInput } from "./input.js";
import { drawMarkdown } from "./markdown.js";
import { drawPlan } from "./plan.js";
import { drawRichText } from "./rich_text.js";
import { drawSection } from "./section.js";
import { drawTable } from "./table.js";
import { drawTaskCard } from "./task_card.js";
import { drawVideo } from "./video.js";

const DRAWN_BY = {
  actions: drawActions,
  alert: drawAlert,
  auth_provider: drawAuthProvider,
  call: drawCall,
  card: drawCard,
  carousel: drawCarousel,
  container: drawContainer,
  context: drawContext,
  context_actions: drawContextActions,
  data_table: drawDataTable,
  data_visualization: drawDataVisualization,
  divider: drawDivider,
  file: drawFile,
  header: drawHeader,
  image: drawImageBlock,
  input: drawInput,
  markdown: drawMarkdown,
  plan: drawPlan,
  rich_text: drawRichText,
  section: drawSection,
  table: drawTable,
  task_card: drawTaskCard,
  video: drawVideo,
};

/** Draw one block on a surface. What this page does not know stays visible, as a grey box with its type. */
export function drawBlock(block, surface) {
  const attributes = {
    class: `block block-${block.type}`,
    "data-block-id": block.block_id,
    "data-block-type": block.type,
  };
  return h("div", attributes, drawn(block, surface));
}

function drawn(block, surface) {
  try {
    const draw = DRAWN_BY[block.type];
    if (draw) return draw(block, surface);
  } catch (error) {
    // One odd block must not take the whole channel with it.
    console.error("A block could not be drawn", block, error);
  }
  return h("div", { class: "cannot-draw" }, `cannot draw: ${block.type}`);
}
