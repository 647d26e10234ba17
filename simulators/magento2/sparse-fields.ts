interface Selection {
  [name: string]: Selection | null
}

/** Reduces an answer to the fields in `fields=items[increment_id,items[sku]],total_count`; lists keep their length. */
export function selectFields(body: unknown, fields: string): unknown {
  return pick(body, parse(fields))
}

function parse(text: string): Selection {
  const stack: Selection[] = [{}]
  for (const [, name, mark] of text.matchAll(/([^,[\]]*)([,[\]]|$)/g)) {
    const current = stack.at(-1)
    if (current === undefined) break
    if (name) current[name.trim()] = null
    if (mark === '[' && name) {
      const inner: Selection = {}
      current[name.trim()] = inner
      stack.push(inner)
    }
    if (mark === ']') stack.pop()
  }
  return stack[0] ?? {}
}

function pick(value: unknown, selection: Selection): unknown {
  if (Array.isArray(value)) return value.map((member) => pick(member, selection))
  if (typeof value !== 'object' || value === null) return value
  const record = value as Record<string, unknown>
  const kept = Object.entries(selection).filter(([name]) => name in record)
  return Object.fromEntries(kept.map(([name, inner]) => [name, inner ? pick(record[name], inner) : record[name]]))
}
