/** A system's id as names of variables have it: `acme-shop`, `ACME_SHOP`. */
export function variablePart(id: string): string {
  return id.toUpperCase().replaceAll('-', '_')
}
