/*
 * Made-up names of rooms: what something is like, and a thing that goes with one of the eight
 * pictures, so that name and picture agree. Names repeat after some hundred rooms; nothing but
 * people's eyes relies on them.
 */
#include "daemon/codename.h"

#include <assert.h>
#include <stdio.h>

static const char *const likes[] = {"Autumn", "Blue", "Breezy", "Bright", "Calm", "Cedar", "Clear",
	"Cloudy", "Copper", "Coral", "Cozy", "Distant", "Early", "East", "Evening", "Far", "First",
	"Floating", "Gentle", "Glass", "Golden", "Green", "Indigo", "Late", "Lilac", "Little",
	"Long", "Marble", "Mellow", "Midday", "Misty", "Morning", "Near", "New", "North", "Open",
	"Painted", "Paper", "Plain", "Quiet", "Rainy", "Second", "Silver", "Slow", "Small", "Snowy",
	"Soft", "South", "Spring", "Still", "Summer", "Sunny", "Velvet", "Warm", "West", "Windy",
	"Winter", "Wooden", "Yellow"};

enum {
	THINGS = 4
};

static const struct {
	const char *picture;
	const char *things[THINGS];
} kinds[] = {
	{"lantern", {"Lantern", "Lamp", "Candle", "Beacon"}},
	{"window", {"Window", "Porch", "Attic", "Doorway"}},
	{"river", {"River", "Brook", "Creek", "Stream"}},
	{"field", {"Field", "Meadow", "Garden", "Orchard"}},
	{"harbor", {"Harbor", "Bay", "Island", "Sail"}},
	{"gate", {"Gate", "Arch", "Fence", "Path"}},
	{"bell", {"Bell", "Chime", "Flute", "Drum"}},
	{"moss", {"Moss", "Fern", "Clover", "Maple"}},
};

#define COUNT(array) ((uint32_t)(sizeof(array) / sizeof((array)[0])))

void room_name_draw(char *name, size_t name_size, char *picture, size_t picture_size,
	uint32_t (*uniform)(void *data, uint32_t below), void *data)
{
	const char *like = likes[uniform(data, COUNT(likes))];
	uint32_t kind = uniform(data, COUNT(kinds));
	const char *thing = kinds[kind].things[uniform(data, THINGS)];
	char tint = uniform(data, 2) == 0 ? 'a' : 'b';

	int name_needs = snprintf(name, name_size, "%s %s", like, thing);
	int picture_needs = snprintf(picture, picture_size, "%s-%c", kinds[kind].picture, tint);
	assert(name_needs > 0 && (size_t)name_needs < name_size);
	assert(picture_needs > 0 && (size_t)picture_needs < picture_size);
}

#undef COUNT
