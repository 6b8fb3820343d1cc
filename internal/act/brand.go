package act

import "roster/internal/authz"

// The actions about how the installation looks.
const (
	BrandShow          Name = "brand.show"
	BrandEdit          Name = "brand.edit"
	BrandPicture       Name = "brand.picture"
	BrandPictureRemove Name = "brand.picture_remove"
	BrandPictureShow   Name = "brand.picture_show"
)

// brandActions are about how the installation looks: everybody sees it, and operators change it.
func brandActions() []Action {
	return []Action{
		{Name: BrandShow, Kind: authz.Read, Who: Anybody, Global: true},
		{Name: BrandEdit, Kind: authz.Write, Who: Operators, Global: true},
		{Name: BrandPicture, Kind: authz.Write, Who: Operators, Global: true},
		{Name: BrandPictureRemove, Kind: authz.Write, Who: Operators, Global: true},
		{Name: BrandPictureShow, Kind: authz.Read, Who: Anybody, Global: true},
	}
}
