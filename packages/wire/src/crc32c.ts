/** The checksum of SCTP, and of PROXY headers. RFC 4960 Appendix B. */

/** The polynomial 0x11EDC6F41 without its highest bit, mirrored. */
const POLYNOMIAL = 0x82f63b78;

/** CRC32c as an unsigned number. Bit by bit: what it is for is short. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const octet of bytes) {
    crc ^= octet;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? POLYNOMIAL : 0);
  }
  return ~crc >>> 0;
}
