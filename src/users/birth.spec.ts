import { describe, expect, it } from 'vitest';
import { birthFromSeconds, birthFromText } from './birth.js';

const secondsOf = (iso: string): number => Date.parse(`${iso}T00:00:00Z`) / 1000;

describe('A birthday in v1, which is free text', () => {
  it.each([
    ['1998.12.15', '1998-12-15'],
    ['1998-12-15', '1998-12-15'],
    ['1998/12/15', '1998-12-15'],
    ['1998.1.5', '1998-01-05'],
    ['1998-01-5', '1998-01-05'],
    ['2004.02.29', '2004-02-29'],
    ['2000/2/29', '2000-02-29'],
    ['1970.01.02', '1970-01-02'],
    ['9999.12.31', '9999-12-31'],
  ])('%s is midnight UTC of %s', (text, iso) => {
    expect(birthFromText(text)).toEqual({ birthText: text, birthSeconds: secondsOf(iso) });
  });

  it.each(['1969.12.31', '1900-01-01', '1582/10/15', '1970.01.01'])('%s is not after 1970 begins: 0', (text) => {
    expect(birthFromText(text)).toEqual({ birthText: text, birthSeconds: 0 });
  });

  it.each(['0099.12.31', '0071-06-01', '0000.01.01'])('%s is long before 1970: 0, not the 20th century', (text) => {
    expect(birthFromText(text)).toEqual({ birthText: text, birthSeconds: 0 });
  });

  it.each([
    '',
    'spring',
    '1998',
    '1998.12',
    '19981215',
    '98.12.15',
    '1998.13.01',
    '1998.00.10',
    '1998.12.00',
    '1998.12.32',
    '2003.02.29',
    '1900.02.29',
    '1998.04.31',
    ' 1998.12.15',
    '1998.12.15 ',
    '1998.12.15\n',
    '1998.12.15T00:00',
    '１９９８.12.15',
  ])('%j is no date of that form: it is kept as sent, with 0', (text) => {
    expect(birthFromText(text)).toEqual({ birthText: text, birthSeconds: 0 });
  });

  it.each(['1998.12-15', '1998-12/15'])('%s mixes two forms, so it is none: 0', (text) => {
    expect(birthFromText(text)).toEqual({ birthText: text, birthSeconds: 0 });
  });
});

describe('A birthday in v2, which is a number of seconds', () => {
  it.each([
    [1, '1970.01.01'],
    [secondsOf('1998-12-15'), '1998.12.15'],
    [secondsOf('1998-12-15') + 86_399, '1998.12.15'],
    [1_640_692_941, '2021.12.28'],
    [2 ** 32 - 1, '2106.02.07'],
  ])('%i reads %s in v1', (seconds, text) => {
    expect(birthFromSeconds(seconds)).toEqual({ birthText: text, birthSeconds: seconds });
  });

  it.each([0, -1])('%i is none', (seconds) => {
    expect(birthFromSeconds(seconds)).toEqual({ birthText: '', birthSeconds: 0 });
  });

  it('survives the way through v1 and back to the day', () => {
    const { birthText } = birthFromSeconds(secondsOf('2001-09-09'));
    expect(birthFromText(birthText).birthSeconds).toBe(secondsOf('2001-09-09'));
  });
});
