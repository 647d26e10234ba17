/** SQL of the quantity of an item that orders could not commit at a location, for a row `s` of `sim_stock`. */
export const backOrdered = `(SELECT COALESCE(SUM(wanted - committed), 0) FROM sim_commitment c
  WHERE c.item_id = s.item_id AND c.location_id = s.location_id)`
