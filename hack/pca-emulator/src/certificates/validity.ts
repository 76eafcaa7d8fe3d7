// From when to when is the certificate valid?
import { ApiError } from '../wire/api-error.ts';

export interface Validity {
  readonly Type: 'END_DATE' | 'ABSOLUTE' | 'DAYS' | 'MONTHS' | 'YEARS';
  readonly Value: number;
}

export interface ValidityLimits {
  /** Milliseconds since the epoch of the issue, on the virtual clock. */
  readonly issuedAtMs: number;
  /** The issuing CA's notAfter in milliseconds; undefined for a certificate that the CA signs for itself. */
  readonly authorityNotAfterMs: number | undefined;
  readonly isShortLived: boolean;
  /** A CA certificate must end before its issuing CA does; a leaf may end with it. */
  readonly isCa: boolean;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/**
 * Works out both dates, in milliseconds since the epoch at whole seconds.
 * notBefore is the issue less 60 minutes unless ValidityNotBefore is given, which does not move notAfter.
 * @throws ApiError ValidationException: past or beyond the CA, over 7 days in short-lived mode, dates that cross
 */
export function resolveValidity(
  validity: Validity,
  validityNotBefore: Validity | undefined,
  limits: ValidityLimits,
): { readonly notBeforeMs: number; readonly notAfterMs: number } {
  const issuedAtMs = Math.floor(limits.issuedAtMs / 1000) * 1000;
  const notAfterMs = endOf(validity, issuedAtMs);
  if (validityNotBefore !== undefined && validityNotBefore.Type !== 'ABSOLUTE') {
    throw invalid('ValidityNotBefore must be of type ABSOLUTE');
  }
  const notBeforeMs = validityNotBefore === undefined ? issuedAtMs - hourMs : validityNotBefore.Value * 1000;
  if (notAfterMs <= issuedAtMs) throw invalid('The certificate validity specified lies in the past');
  if (notAfterMs <= notBeforeMs) throw invalid('The certificate validity specified ends before it begins');
  const { authorityNotAfterMs = Infinity } = limits;
  if (notAfterMs > authorityNotAfterMs || (limits.isCa && notAfterMs === authorityNotAfterMs)) {
    throw invalid('The certificate validity specified exceeds the certificate authority validity');
  }
  if (limits.isShortLived && notAfterMs > issuedAtMs + 7 * dayMs) {
    throw invalid('The certificate validity specified exceeds 7 days, the most that a short-lived certificate authority issues');
  }
  return { notBeforeMs, notAfterMs };
}

function endOf({ Type, Value }: Validity, issuedAtMs: number): number {
  switch (Type) {
    case 'ABSOLUTE':
      return checkedDate(Value * 1000);
    case 'END_DATE':
      return endDate(String(Value));
    case 'DAYS':
      return checkedDate(issuedAtMs + Value * dayMs);
    case 'MONTHS':
      return addMonths(issuedAtMs, Value);
    case 'YEARS':
      return addMonths(issuedAtMs, Value * 12);
  }
}

/** UTCTime YYMMDDHHMMSS (YY of 50 and more is 19YY) or GeneralizedTime YYYYMMDDHHMMSS, as a number without leading zeros. */
function endDate(number: string): number {
  const digits = number.length <= 12 ? number.padStart(12, '0') : number.padStart(14, '0');
  const full = digits.length === 14 ? digits : `${Number(digits.slice(0, 2)) >= 50 ? '19' : '20'}${digits}`;
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(full) ?? [];
  return checkedDate(Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`));
}

/** Adds calendar months; the last day of a shorter month stands in for a day that it does not have. */
function addMonths(ms: number, months: number): number {
  const date = new Date(ms);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  return checkedDate(date.setUTCDate(Math.min(day, lastDay)));
}

function checkedDate(ms: number): number {
  // X.509 cannot write a year of more than four digits.
  if (Number.isFinite(ms) && ms < Date.UTC(10_000, 0, 1)) return ms;
  throw invalid('The certificate validity specified is not a date');
}

function invalid(message: string): ApiError {
  return new ApiError('ValidationException', message);
}
