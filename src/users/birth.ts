/** A birthday as v1 writes it (free text) and as v2 does (seconds since the epoch). */
export interface Birth {
  birthText: string;
  birthSeconds: number;
}

const DATE = /^(\d{4})([.\-/])(\d{1,2})\2(\d{1,2})$/;

/** From v1's text: midnight UTC of a date from 1970 on, 0 for anything else. Source: contract/legacy/dialects.md 3.2. */
export function birthFromText(birthText: string): Birth {
  const [, year, , month, day] = DATE.exec(birthText) ?? [];
  if (Number(year) < 1970) return { birthText, birthSeconds: 0 };
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  const real = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
  return { birthText, birthSeconds: real ? date.getTime() / 1000 : 0 };
}

/** From v2's seconds: `YYYY.MM.DD` of that moment in UTC, "" for 0. */
export function birthFromSeconds(birthSeconds: number): Birth {
  if (birthSeconds <= 0) return { birthText: '', birthSeconds: 0 };
  return { birthText: new Date(birthSeconds * 1000).toISOString().slice(0, 10).replaceAll('-', '.'), birthSeconds };
}
