import { backOrdered } from '../back-ordered.ts'
import { currencies } from '../schema.ts'

/**
 * What SuiteQL sees: a view of each record under SuiteQL's names, and nothing else. ACCOUNT_TIME and ACCOUNT_DATE are
 * registered functions that make marked dates on the account's clock.
 */
export function recordViews(customFields: readonly string[]): Record<string, string> {
  const custom = customFields.map((name) => `, custom ->> '$."${name}"' AS ${name}`).join('')
  return {
    item: `SELECT id, itemid, COALESCE((SELECT p.itemid || ' : ' FROM sim_item p WHERE p.id = sim_item.parent_id), '')
        || itemid AS fullname, displayname, description, itemtype, upccode,
      NULL AS externalid, isinactive, parent_id AS parent, matrixtype, manufacturer, mpn, weight, weightunit, cost,
      ACCOUNT_TIME(created_at) AS createddate, ACCOUNT_TIME(modified_at) AS lastmodifieddate ${custom} FROM sim_item`,
    itemmember: `SELECT kit_id AS parentitem, item_id AS item, quantity FROM sim_item_member`,
    state: `SELECT id, country, shortname, fullname FROM sim_state`,
    location: `SELECT id, name, name AS fullname, COALESCE(isinactive, 'F') AS isinactive,
      COALESCE(web_store, 'T') AS makeinventoryavailablestore
      FROM sim_location LEFT JOIN sim_closed_location ON location_id = id`,
    aggregateItemLocation: `SELECT item_id AS item, location_id AS location, on_hand AS quantityonhand,
      available AS quantityavailable, committed AS quantitycommitted, 0 AS quantityonorder,
      ${backOrdered} AS quantitybackordered,
      0 AS quantityintransit, NULL AS reorderpoint, NULL AS preferredstocklevel,
      ACCOUNT_TIME(changed_at) AS lastquantityavailablechange FROM sim_stock s`,
    pricelevel: `SELECT id, name, 'F' AS isinactive FROM sim_price_level`,
    itemprice: `SELECT item_id AS item, level_id AS pricelevel, name AS pricelevelname, price, quantity,
      currency_id AS currencypage FROM sim_price JOIN sim_price_level ON sim_price_level.id = level_id`,
    pricing: `SELECT item_id AS item, level_id AS pricelevel, price AS unitprice, quantity,
      currency_id AS currency FROM sim_price`,
    currency: currencyView(),
    customer: `SELECT id, entityid, external_id AS externalid, document ->> '$.companyName' AS companyname,
      document ->> '$.firstName' AS firstname, document ->> '$.lastName' AS lastname,
      document ->> '$.email' AS email, document ->> '$.phone' AS phone,
      CASE document ->> '$.isPerson' WHEN 1 THEN 'T' ELSE 'F' END AS isperson,
      CASE document ->> '$.isInactive' WHEN 1 THEN 'T' ELSE 'F' END AS isinactive,
      ACCOUNT_TIME(created_at) AS datecreated, ACCOUNT_TIME(modified_at) AS lastmodifieddate FROM sim_customer`,
    transaction: `SELECT id, tranid, 'SalesOrd' AS type, status, entity_id AS entity, external_id AS externalid,
      document ->> '$.otherRefNum' AS otherrefnum, document ->> '$.memo' AS memo, document ->> '$.email' AS email,
      document ->> '$.custbody_waldstream_digest' AS custbody_waldstream_digest,
      total AS foreigntotal, ACCOUNT_DATE(document ->> '$.tranDate') AS trandate,
      ACCOUNT_TIME(created_at) AS createddate, ACCOUNT_TIME(modified_at) AS lastmodifieddate FROM sim_sales_order
      UNION ALL SELECT id, 'IF' || id, 'ItemShip', status, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
      ACCOUNT_DATE(document ->> '$.tranDate'), ACCOUNT_TIME(created_at), ACCOUNT_TIME(modified_at) FROM sim_fulfilment`,
    transactionline: `SELECT line AS id, unique_key AS uniquekey, order_id AS "transaction", item_id AS item,
      -quantity AS quantity, rate, -amount AS netamount, -amount AS foreignamount, 'F' AS mainline, 'F' AS taxline,
      line AS linesequencenumber, CASE document ->> '$.isClosed' WHEN 1 THEN 'T' ELSE 'F' END AS isclosed,
      NULL AS createdfrom FROM sim_sales_order_line
      UNION ALL SELECT 0, NULL, id, NULL, NULL, NULL, total, total, 'T', 'F', 0, 'F', NULL FROM sim_sales_order
      UNION ALL SELECT 0, NULL, id, NULL, NULL, NULL, NULL, NULL, 'T', 'F', 0, 'F', order_id FROM sim_fulfilment
      UNION ALL SELECT line, NULL, fulfilment_id, item_id, -quantity, NULL, NULL, NULL, 'F', 'F', line, 'F', order_id
      FROM sim_fulfilment_line JOIN sim_fulfilment ON sim_fulfilment.id = fulfilment_id`,
    nexttransactionlink: `SELECT order_id AS previousdoc, id AS nextdoc, 'ShipRcpt' AS linktype FROM sim_fulfilment`,
  }
}

/** The account's first currency is its own. */
function currencyView(): string {
  const rows = Object.entries(currencies).map(([id, { code, rate }], index) => {
    const isBase = index === 0 ? 'T' : 'F'
    return `SELECT ${id} AS id, '${code}' AS symbol, '${code}' AS name, '${isBase}' AS isbasecurrency, ${rate} AS exchangerate, 'F' AS isinactive`
  })
  return rows.join(' UNION ALL ')
}
