/** Storage of the feed. `url` is a path of this simulator, or an absolute address of another host. */
export const schema = `
CREATE TABLE IF NOT EXISTS sim_image (
  sku TEXT NOT NULL, url TEXT NOT NULL, position INTEGER NOT NULL, label TEXT NOT NULL, role TEXT NOT NULL,
  PRIMARY KEY (sku, url)
);
CREATE TABLE IF NOT EXISTS sim_feed (
  id INTEGER PRIMARY KEY CHECK (id = 1), changed_at INTEGER NOT NULL, port INTEGER NOT NULL DEFAULT 0
);
`
