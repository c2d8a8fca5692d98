"""The desk's side without a screen: link, outbox, drafts, store. And a headless visitor."""
