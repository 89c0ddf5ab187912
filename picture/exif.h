/*
 * The one thing a camera notes that changes what is seen: which way up (Exif 2.32 4.6, TIFF 6.0).
 * Nothing else of it is read. Pure.
 */
#ifndef HARK_PICTURE_EXIF_H
#define HARK_PICTURE_EXIF_H

#include <stddef.h>
#include <stdint.h>

/* 1..8 from an APP1 segment's data; 1 (upright) where there is none, or it makes no sense. */
unsigned exif_orientation(const uint8_t *bytes, size_t size);

#endif
