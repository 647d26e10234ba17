/** Storage of the account's data. Times are milliseconds since 1970; amounts are numbers with up to 8 decimals. */
export const schema = `
CREATE TABLE IF NOT EXISTS sim_item (
  id INTEGER PRIMARY KEY AUTOINCREMENT, itemid TEXT NOT NULL UNIQUE, displayname TEXT, description TEXT, upccode TEXT,
  itemtype TEXT NOT NULL DEFAULT 'InvtPart', parent_id INTEGER REFERENCES sim_item (id), matrixtype TEXT,
  isinactive TEXT NOT NULL DEFAULT 'F', manufacturer TEXT, mpn TEXT, weight NUMERIC, weightunit TEXT,
  cost NUMERIC,
  custom TEXT NOT NULL DEFAULT '{}', created_at INTEGER NOT NULL, modified_at INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS sim_item_modified ON sim_item (modified_at, id);
CREATE TABLE IF NOT EXISTS sim_item_member (
  kit_id INTEGER NOT NULL REFERENCES sim_item (id) ON DELETE CASCADE,
  item_id INTEGER NOT NULL REFERENCES sim_item (id) ON DELETE CASCADE,
  quantity NUMERIC NOT NULL,
  PRIMARY KEY (kit_id, item_id)
);
CREATE TABLE IF NOT EXISTS sim_state (
  id INTEGER PRIMARY KEY AUTOINCREMENT, country TEXT NOT NULL, shortname TEXT NOT NULL, fullname TEXT NOT NULL,
  UNIQUE (country, shortname)
);
CREATE TABLE IF NOT EXISTS sim_custom_field (scriptid TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS sim_location (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS sim_closed_location (
  location_id INTEGER PRIMARY KEY REFERENCES sim_location (id), isinactive TEXT NOT NULL, web_store TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS sim_price_level (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS sim_stock (
  item_id INTEGER NOT NULL REFERENCES sim_item (id) ON DELETE CASCADE,
  location_id INTEGER NOT NULL REFERENCES sim_location (id),
  on_hand NUMERIC NOT NULL, available NUMERIC NOT NULL, committed NUMERIC NOT NULL, changed_at INTEGER NOT NULL,
  PRIMARY KEY (item_id, location_id)
);
CREATE TABLE IF NOT EXISTS sim_price (
  item_id INTEGER NOT NULL REFERENCES sim_item (id) ON DELETE CASCADE,
  level_id INTEGER NOT NULL REFERENCES sim_price_level (id),
  currency_id INTEGER NOT NULL DEFAULT 1, price NUMERIC NOT NULL, quantity NUMERIC NOT NULL DEFAULT 0,
  PRIMARY KEY (item_id, level_id, currency_id, quantity)
);
CREATE TABLE IF NOT EXISTS sim_customer (
  id INTEGER PRIMARY KEY AUTOINCREMENT, external_id TEXT UNIQUE, entityid TEXT NOT NULL UNIQUE,
  document TEXT NOT NULL, created_at INTEGER NOT NULL, modified_at INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS sim_sales_order (
  id INTEGER PRIMARY KEY AUTOINCREMENT, external_id TEXT UNIQUE, tranid TEXT NOT NULL, entity_id INTEGER NOT NULL,
  canceled INTEGER NOT NULL DEFAULT 0, status TEXT NOT NULL, total NUMERIC NOT NULL, subtotal NUMERIC NOT NULL,
  document TEXT NOT NULL, created_at INTEGER NOT NULL, modified_at INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS sim_sales_order_line (
  unique_key INTEGER PRIMARY KEY AUTOINCREMENT,
  order_id INTEGER NOT NULL REFERENCES sim_sales_order (id) ON DELETE CASCADE,
  line INTEGER NOT NULL, item_id INTEGER NOT NULL, item_name TEXT NOT NULL,
  quantity NUMERIC NOT NULL, fulfilled NUMERIC NOT NULL DEFAULT 0, rate NUMERIC NOT NULL, amount NUMERIC NOT NULL,
  document TEXT NOT NULL,
  UNIQUE (order_id, line)
);
CREATE TABLE IF NOT EXISTS sim_commitment (
  line_key INTEGER NOT NULL, item_id INTEGER NOT NULL REFERENCES sim_item (id) ON DELETE CASCADE,
  location_id INTEGER NOT NULL REFERENCES sim_location (id),
  order_id INTEGER NOT NULL REFERENCES sim_sales_order (id) ON DELETE CASCADE,
  wanted NUMERIC NOT NULL, committed NUMERIC NOT NULL,
  PRIMARY KEY (line_key, item_id)
);
CREATE INDEX IF NOT EXISTS sim_commitment_place ON sim_commitment (item_id, location_id);
CREATE INDEX IF NOT EXISTS sim_commitment_order ON sim_commitment (order_id);
CREATE TABLE IF NOT EXISTS sim_fulfilment (
  id INTEGER PRIMARY KEY AUTOINCREMENT, order_id INTEGER NOT NULL REFERENCES sim_sales_order (id) ON DELETE CASCADE,
  status TEXT NOT NULL, document TEXT NOT NULL, created_at INTEGER NOT NULL, modified_at INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS sim_fulfilment_line (
  fulfilment_id INTEGER NOT NULL REFERENCES sim_fulfilment (id) ON DELETE CASCADE,
  line INTEGER NOT NULL, item_id INTEGER NOT NULL, quantity NUMERIC NOT NULL, location_id INTEGER,
  PRIMARY KEY (fulfilment_id, line)
);
`

/** Locations and price levels of every account here, by internal id. */
export const locations = { 1: 'East Warehouse', 2: 'West Warehouse', 6: 'Drop Ship' } as const
export const priceLevels = { 1: 'Base Price', 2: 'Wholesale' } as const
/** The account's currencies, by internal id, with their rate in the main currency, which is the first. */
export const currencies: Readonly<Record<string, { readonly code: string; readonly rate: number }>> = {
  1: { code: 'USD', rate: 1 },
  2: { code: 'GBP', rate: 1.25 },
  4: { code: 'EUR', rate: 1.1 },
}
/** Items that give a discount on an order. */
export const discountItems: Readonly<Record<string, string>> = { 77: 'Shop Discount' }
