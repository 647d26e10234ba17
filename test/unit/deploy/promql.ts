import { parser } from '@prometheus-io/lezer-promql'

/** What an expression names. Prometheus' own grammar reads it. */
export interface NamedInExpression {
  readonly metrics: readonly string[]
  /** Of matchers and of `by`, `on`, `without`, `ignoring`. */
  readonly labels: readonly string[]
}

const LABELS: readonly string[] = ['LabelName', 'QuotedLabelName']

/** Throws where the expression is none. Variables of Grafana are replaced first. */
export function namedIn(expression: string): NamedInExpression {
  const text = expression.replaceAll(/\$__(rate_interval|range|interval)/g, '5m')
  const metrics: string[] = []
  const labels: string[] = []
  parser.parse(text).iterate({
    enter: ({ type, from, to, node }) => {
      if (type.isError) throw new Error(`"${text}" is no expression at character ${from}`)
      const name = text.slice(from, to)
      if (type.name === 'Identifier' && node.parent?.type.name === 'VectorSelector') metrics.push(name)
      if (LABELS.includes(type.name)) labels.push(name)
    },
  })
  return { metrics, labels }
}
