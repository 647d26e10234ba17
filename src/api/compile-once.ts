/**
 * Compiles each JSON schema once per process. Schemas that several routes share are found by identity, those that routes
 * create anew by their text: compiling a schema takes milliseconds, comparing its text microseconds.
 */
export function compileOnce<T>(compile: (schema: object) => T): (schema: object) => T {
  const byObject = new WeakMap<object, T>()
  const byText = new Map<string, T>()
  const compiled = (schema: object): T => {
    const text = JSON.stringify(schema)
    const known = byText.get(text) ?? compile(schema)
    byText.set(text, known)
    return known
  }
  return (schema) => {
    const known = byObject.get(schema) ?? compiled(schema)
    byObject.set(schema, known)
    return known
  }
}
