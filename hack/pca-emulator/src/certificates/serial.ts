// A serial number in the forms that the API takes and gives.

/** `01:ab:…` of an even number of hex digits. */
export function colonHex(serial: string): string {
  return (serial.match(/../g) ?? []).join(':');
}

/** 32 lower-case digits of hex with or without colons, in any case, with or without leading zeros; undefined when it is no hex. */
export function plainHex(serial: string): string | undefined {
  const digits = serial.replaceAll(':', '').toLowerCase();
  return /^[0-9a-f]+$/.test(digits) ? digits.replace(/^0+(?=.)/, '').padStart(32, '0') : undefined;
}
