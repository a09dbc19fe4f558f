/** What people filled in, as Slack's `state.values`: block_id → action_id → `{type, value | selected_…}`. */
export class Values {
  constructor() {
    this.blocks = {};
  }

  get(blockId, actionId) {
    return this.blocks[blockId]?.[actionId] ?? null;
  }

  set(blockId, actionId, payload) {
    this.blocks[blockId] = { ...this.blocks[blockId], [actionId]: payload };
  }

  /** Forget everything but the pairs given, each `[blockId, actionId]`: what is no longer drawn has no value. */
  keepOnly(pairs) {
    const kept = new Values();
    for (const [blockId, actionId] of pairs) {
      const payload = this.get(blockId, actionId);
      if (payload) kept.set(blockId, actionId, payload);
    }
    this.blocks = kept.blocks;
  }

  all() {
    return this.blocks;
  }
}
