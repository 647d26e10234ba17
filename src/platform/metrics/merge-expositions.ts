const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/

/** Merges the texts of several processes: each metric occurs once, with the samples of all, by the label `worker`. */
export function mergeExpositions(texts: ReadonlyMap<string, string>): string {
  const families = new Map<string, { readonly head: readonly string[]; readonly samples: string[] }>()
  for (const [worker, text] of texts) {
    for (const block of text.split(/^(?=# HELP )/m)) {
      const lines = block.split('\n').filter((line) => line !== '')
      const head = lines.filter((line) => line.startsWith('#'))
      const [, , name = ''] = head[0]?.split(' ') ?? []
      if (name === '') continue
      const family = families.get(name) ?? { head, samples: [] }
      families.set(name, family)
      for (const line of lines) if (!line.startsWith('#')) family.samples.push(withWorker(line, worker))
    }
  }
  return [...families.values()].map(({ head, samples }) => `${[...head, ...samples].join('\n')}\n`).join('\n')
}

function withWorker(line: string, worker: string): string {
  const [, name, labels = '', value] = SAMPLE.exec(line) ?? []
  if (name === undefined) return line
  return `${name}{${labels === '' ? '' : `${labels},`}worker="${worker}"} ${value}`
}
