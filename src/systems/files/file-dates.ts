import { isDay } from '../kit/local-days.ts'

/** Forms of dates in files. */
export const dateForms = ['yyyy-MM-dd', 'yyyyMMdd', 'dd.MM.yyyy', 'dd/MM/yyyy', 'MM/dd/yyyy'] as const
export type DateForm = (typeof dateForms)[number]

/** Parses dates of a form; made once for all cells of a file. Yields yyyy-MM-dd; null: the text is no such day. */
export function dayParser(form: DateForm): (text: string) => string | null {
  const parts = form.replace(/[./]/g, '\\$&').replace('yyyy', '(?<y>\\d{4})').replace('MM', '(?<m>\\d\\d)')
  const pattern = new RegExp(`^${parts.replace('dd', '(?<d>\\d\\d)')}$`)
  return (text) => {
    const found = pattern.exec(text)?.groups
    const day = found === undefined ? '' : `${found['y']}-${found['m']}-${found['d']}`
    return isDay(day) ? day : null
  }
}
