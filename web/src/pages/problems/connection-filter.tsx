import { createMemo, type JSX } from 'solid-js'
import { statusQuery } from '../../api/queries.ts'
import { useQuery } from '../../api/use-query.ts'
import { Select } from '../../parts/select.tsx'
import { texts } from '../../texts.ts'

export function ConnectionFilter(props: {
  readonly value: string
  readonly onChange: (value: string) => void
}): JSX.Element {
  const status = useQuery(() => statusQuery({ seldom: true }))
  const connections = createMemo(() => {
    const known = status.isSuccess ? status.data.connections.map(({ connection }) => connection) : []
    return props.value === '' || known.includes(props.value) ? known : [props.value, ...known]
  })
  return (
    <Select
      label={texts.problems.connection}
      value={props.value}
      options={[
        { value: '', text: texts.problems.anyConnection },
        ...connections().map((one) => ({ value: one, text: one })),
      ]}
      onChange={props.onChange}
    />
  )
}
