// CRC-32 as in PNG, gzip and zip (ISO 3309, polynomial 0xEDB88320 reflected): finds accidents in a file. It is no protection against forgery.

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit += 1) remainder = remainder & 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1;
  return remainder;
});

/** The checksum of a text's UTF-8 bytes, 8 lower-case hex digits. */
export function crc32Hex(text: string): string {
  let remainder = 0xffffffff;
  for (const byte of new TextEncoder().encode(text)) remainder = (table[(remainder ^ byte) & 0xff] ?? 0) ^ (remainder >>> 8);
  return ((remainder ^ 0xffffffff) >>> 0).toString(16).padStart(8, '0');
}
