/** Recognises a file's kind by its first bytes, so messages can name the kind of a wrong file. */

interface FileKind {
  /** With its article, e.g. `a JPEG picture`. */
  readonly name: string;
  readonly at?: number;
  /** The bytes, one character each. */
  readonly starts: readonly string[];
}

const kinds: readonly FileKind[] = [
  { name: "a PNG picture", starts: ["\x89PNG\r\n\x1a\n"] },
  { name: "a JPEG picture", starts: ["\xff\xd8\xff"] },
  { name: "a TIFF picture", starts: ["II*\0", "MM\0*", "II+\0", "MM\0+"] },
  { name: "a GIF picture", starts: ["GIF87a", "GIF89a"] },
  { name: "a WebP picture", at: 8, starts: ["WEBP"] },
  { name: "an AVIF or HEIC picture", at: 4, starts: ["ftypavif", "ftypheic", "ftypheix", "ftypmif1"] },
  { name: "a JPEG 2000 picture", starts: ["\0\0\0\x0cjP  ", "\xff\x4f\xff\x51"] },
  { name: "an OpenEXR picture", starts: ["v/1\x01"] },
  { name: "a BMP picture", starts: ["BM"] },
  { name: "a netpbm picture", starts: ["P1\n", "P2\n", "P3\n", "P4\n", "P5\n", "P6\n"] },
  { name: "a NumPy array (.npy)", starts: ["\x93NUMPY"] },
  { name: "a DICOM image", at: 128, starts: ["DICM"] },
  { name: "a NIfTI image", at: 344, starts: ["n+1\0", "ni1\0"] },
  { name: "an HDF5 file", starts: ["\x89HDF\r\n\x1a\n"] },
  { name: "a MATLAB file", starts: ["MATLAB 5.0"] },
  { name: "a Parquet file", starts: ["PAR1"] },
  { name: "an Arrow file", starts: ["ARROW1", "FEA1"] },
  { name: "an ORC file", starts: ["ORC"] },
  { name: "an Avro file", starts: ["Obj\x01"] },
  { name: "a Stata file", starts: ["<stata_dta>"] },
  { name: "an SPSS file", starts: ["$FL2", "$FL3"] },
  { name: "a SQLite database", starts: ["SQLite format 3\0"] },
  { name: "an old Excel workbook (.xls)", starts: ["\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"] },
  { name: "a zip archive or a spreadsheet", starts: ["PK\x03\x04", "PK\x05\x06"] },
  { name: "a PDF document", starts: ["%PDF-"] },
  { name: "a file packed by gzip", starts: ["\x1f\x8b"] },
  { name: "a file packed by bzip2", starts: ["BZh"] },
  { name: "a file packed by xz", starts: ["\xfd7zXZ\0"] },
  { name: "a file packed by Zstandard", starts: ["\x28\xb5\x2f\xfd"] },
  { name: "a Python pickle", starts: ["\x80\x02", "\x80\x03", "\x80\x04", "\x80\x05"] },
];

/** The number of bytes that is enough for every kind. */
export const bytesToTell = 352;

/** Undefined for text and for unknown kinds. */
export function kindOfFile(bytes: Uint8Array): string | undefined {
  const start = Buffer.from(bytes.subarray(0, bytesToTell)).toString("latin1");
  if (start.startsWith("PK")) {
    if (start.includes("xl/") || start.includes("[Content_Types].xml")) return "an Excel workbook (.xlsx)";
    if (start.includes("opendocument.spreadsheet")) return "an OpenDocument spreadsheet (.ods)";
  }
  const kind = kinds.find(({ at = 0, starts }) => starts.some((text) => start.startsWith(text, at)));
  // Two letters alone may also begin a text; a bitmap's header contains zero bytes.
  if (kind?.name === "a BMP picture" && !start.slice(6, 10).includes("\0\0\0\0")) return undefined;
  return kind?.name;
}
