/** A system's id in the form for names of variables: `ACME_SHOP` for `acme-shop`. */
export function variablePart(id: string): string {
  return id.toUpperCase().replaceAll('-', '_')
}
