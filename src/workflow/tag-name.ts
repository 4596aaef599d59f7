/** How variables and outputs are called that hold an image's tag. */

/** Only names that sound like an image's: others have good defaults. */
export const TAG_NAME =
  /(?:^|_)(?:TAG|IMAGE|IMAGE_?NAME|IMAGE_REF|DIGEST)(?:$|_)|TAG$|^(?:image_?tag|tag|version|image)$|(?:^|_)VERSION$/i;
