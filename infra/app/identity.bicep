param name string
param location string
param tags object

@description('What the app is towards storage and the key vault. Of its own, so that its roles are there before the app is.')
resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: name
  location: location
  tags: tags
}

output id string = identity.id
output clientId string = identity.properties.clientId
output principalId string = identity.properties.principalId
